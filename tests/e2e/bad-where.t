#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# --where expressions that are none: shown as they were typed, with a caret where they go wrong.
. "$(dirname "$0")/bad.sh"

# where EXPR SAYS COLUMN: COLUMN is that of the caret, from 1 on
where() {
	fails "$1" 2 "--where: $2" '' exec --where "$1"
	is "$(grep -xF -A1 -- "    $1" "$err" | tail -n 1)" "$(printf '    %*s^' $(($3 - 1)) '')" \
		"the caret stands at $3 in: $1"
}

where 'rte < 0' 'rte is neither a field of the event nor a constant' 1
like "$(<"$err")" 'did you mean ret[?]' 'with the near name'
where 'ret == 0 && pid == NO_SUCH' 'NO_SUCH is neither a field' 20
like "$(<"$err")" 'its fields are: .*ppid' 'with the fields'
where 'comm == "abc" && uidd == 1' 'uidd is neither a field' 18
where 'ret <> 0' 'expected expression' 6
where 'ret &&' 'expected expression' 7
where 'ret; 0' 'this cannot stand in an expression' 4
where 'ret < 0)' 'this cannot stand in an expression' 8
where 'pid == 1 // x' 'this cannot stand in an expression' 10
where '(ret < 0' "a ')' is missing" 9
where 'comm == "dd' 'this quote is not closed' 9
where "comm == 'dd" 'this quote is not closed' 9
where 'pid = 1' 'this would change a field; to compare, write ==' 5
where 'comm < "a"' 'a text is compared as FIELD == "text"' 6
where 'pid == "dd"' 'only a char[] field can be compared with a text' 1
where '!comm' 'a text is always true' 2
where 'foo(1)' "implicit declaration of function 'foo'" 1

probe plain <<<'TRACEPOINT_PROBE(sched, sched_process_exec) { return 0; }'
fails 'a probe without EVENTS' 2 '--where needs a probe with an EVENTS line' 'EVENTS(name' \
	"$probe" --where 'pid == 1'

done_bad
