# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The end-to-end tests' harness: TAP for prove, and hotprobe started, awaited, stopped and read.
#
#   #!/bin/bash
#   . "$(dirname "$0")/lib.sh"
#
#   start_hotprobe exec -o json              # in the background; comes back once it is attached
#   sh -c '/bin/true a "b c"' || :
#   wait_for_output '"b c"'                  # until stdout matches this regex
#   stop_hotprobe                            # SIGINT, waits for its end; sets $status
#   is "$status" 0 'a run that is interrupted has succeeded'
#   is "$(json 'select(.comm == "true") | .ret')" 0 'the result is 0'
#   done_testing
#
# After every run: $out and $err are files with what it said, $status is its exit status.
# $tmp is a folder that goes away at the end, as do the background processes of the test.
# The probe folder and cache of the user who runs the tests are not used.

set -u
export LC_ALL=C.UTF-8

hp_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
hp=${HOTPROBE:-$hp_root/build/hotprobe}
# How long anything may take, in seconds. Generous: it ends a hang, it measures nothing.
HP_TIMEOUT=${HP_TIMEOUT:-60}

tmp=$(mktemp -d "${TMPDIR:-/tmp}/hotprobe-test.XXXXXX") || exit 1
out=$tmp/stdout
err=$tmp/stderr
: >"$out"
: >"$err"
status=
hp_pid=
hp_count=0
hp_failed=0
hp_done=
# what is kept from one run of the tests to the next: see scripts/lab, scripts/go
# shellcheck disable=SC2034 # read by the tests
hp_store=${XDG_CACHE_HOME:-${HOME-}/.cache}
export XDG_CONFIG_HOME=$tmp/config XDG_CACHE_HOME=$tmp/cache HOTPROBE_CACHE=$tmp/objects
unset BCC_KERNEL_SOURCE

# A file descriptor on which nothing ever arrives: `read -t` from it sleeps without starting a
# process, which a test of `exec` would see.
exec {hp_nothing}<> <(:)
nap() {
	read -rt 0.02 -u "$hp_nothing" || :
}

# ---- TAP -----------------------------------------------------------------------------------------

# diag TEXT: a remark in the TAP output
diag() {
	printf '# %s\n' "${1//$'\n'/$'\n# '}"
}

hp_result() { # STATUS NAME
	hp_count=$((hp_count + 1))
	if (($1 == 0)); then
		echo "ok $hp_count - $2"
	else
		hp_failed=$((hp_failed + 1))
		echo "not ok $hp_count - $2"
		diag "at line ${BASH_LINENO[1]} of $0"
	fi
	return "$1"
}

# What the last run said may be why a test failed.
hp_explain() {
	if [[ -s $err ]]; then
		diag "stderr of the last run:"
		diag "$(tail -n 20 "$err")"
	fi
}

# ok NAME COMMAND [ARG...]: COMMAND succeeds. Like all of these it returns 1 if the test failed.
ok() {
	local name=$1 rc=0
	shift
	"$@" || rc=1
	hp_result "$rc" "$name" && return
	diag "failed: $*"
	hp_explain
	return 1
}

# is GOT WANT NAME: both texts are the same
is() {
	local rc=0
	[[ $1 == "$2" ]] || rc=1
	hp_result "$rc" "$3" && return
	diag "     got: $1"
	diag "expected: $2"
	hp_explain
	return 1
}

# isnt GOT UNWANTED NAME: the texts differ
isnt() {
	local rc=0
	[[ $1 != "$2" ]] || rc=1
	hp_result "$rc" "$3" && return
	diag "got what must not be: $1"
	return 1
}

# like GOT REGEX NAME: the text matches the extended regular expression
like() {
	local rc=0
	[[ $1 =~ $2 ]] || rc=1
	hp_result "$rc" "$3" && return
	diag "          got: $1"
	diag "doesn't match: $2"
	hp_explain
	return 1
}

# unlike GOT REGEX NAME
unlike() {
	local rc=0
	[[ ! $1 =~ $2 ]] || rc=1
	hp_result "$rc" "$3" && return
	diag "    got: $1"
	diag "matches: $2"
	hp_explain
	return 1
}

# skip NAME REASON: a test that this machine cannot do, and why
skip() {
	hp_count=$((hp_count + 1))
	echo "ok $hp_count - $1 # SKIP $2"
}

# skip_all REASON: none of the file's tests can be done. Only before the first test.
skip_all() {
	echo "1..0 # SKIP $1"
	hp_done=1
	exit 0
}

# done_testing: the last line of every test. A file that does not reach it has failed.
done_testing() {
	if ((hp_count == 0)); then
		diag 'the file has run no test'
		exit 1
	fi
	echo "1..$hp_count"
	hp_done=1
	exit $((hp_failed > 0))
}

hp_cleanup() {
	local rc=$? pids pid tries=0
	mapfile -t pids < <(jobs -p)
	for pid in "${pids[@]}"; do
		kill -CONT "$pid" 2>/dev/null
		kill -TERM "$pid" 2>/dev/null
	done
	while [[ -n $(jobs -rp) ]] && ((tries++ < 100)); do
		nap
	done
	for pid in $(jobs -rp); do
		kill -KILL "$pid" 2>/dev/null
	done
	rm -rf "$tmp"
	if [[ -z $hp_done ]]; then
		diag 'the file ended before done_testing'
		rc=$((rc ? rc : 1))
	fi
	exit "$rc"
}
trap hp_cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# ---- running hotprobe ----------------------------------------------------------------------------

# run_hotprobe ARGS...: to its end, with nothing on stdin. Sets $status; 124 is the harness's time
# limit. "hp_in=FILE run_hotprobe ..." gives it another stdin; with hp_via=(COMMAND ARG...) it is run
# through that command, say setpriv, until hp_via=().
hp_via=()
run_hotprobe() {
	status=0
	timeout --kill-after=5 "$HP_TIMEOUT" "${hp_via[@]}" "$hp" "$@" \
		<"${hp_in:-/dev/null}" >"$out" 2>"$err" || status=$?
}

# start_hotprobe PROBE ARGS...: in the background, under -v, and waits until it says that it is
# attached. Bails out when that does not come: what follows would only test the missing start.
start_hotprobe() {
	local word=$1
	shift
	status=
	# now, not when the background process gets to it: the last run's words are not this one's
	: >"$out" 2>"$err"
	# A shell starts background processes with SIGINT ignored; hotprobe is to see it as on a
	# terminal. env puts hotprobe in its own place, so $! is hotprobe's pid.
	env --default-signal=INT,QUIT "$hp" "$word" -v "$@" </dev/null >"$out" 2>"$err" &
	hp_pid=$!
	if ! hp_await "$err" 'hotprobe: attached' "$hp_pid"; then
		diag "hotprobe $word $* did not get attached"
		hp_explain
		exit 1
	fi
}

# no_process TEXT: no process whose command line has TEXT, but this test's
no_process() {
	! pgrep -f -- "$1" | grep -qvxF -- $$
}

# stop_hotprobe [SIGNAL]: sends SIGINT or SIGNAL, then wait_hotprobe
stop_hotprobe() {
	kill -s "${1:-INT}" "$hp_pid" 2>/dev/null || diag 'hotprobe had ended before it was stopped'
	wait_hotprobe
}

# wait_hotprobe: until it ends by itself. Sets $status; a run that does not end within the time limit
# is killed (status 137).
# shellcheck disable=SC2034 # $status is read by the tests
wait_hotprobe() {
	local deadline=$((SECONDS + HP_TIMEOUT))
	while kill -0 "$hp_pid" 2>/dev/null; do
		if ((SECONDS > deadline)); then
			diag "hotprobe did not end within $HP_TIMEOUT s"
			kill -KILL "$hp_pid"
			break
		fi
		nap
	done
	status=0
	wait "$hp_pid" 2>/dev/null || status=$?
}

# hp_await FILE REGEX [PID]: until FILE's text matches; fails at the time limit or when PID ended
hp_await() {
	local deadline=$((SECONDS + HP_TIMEOUT)) ended=
	until [[ $(<"$1") =~ $2 ]]; do
		# One more look after the end: it may have written its last words in between.
		[[ -z $ended ]] || return 1
		((SECONDS <= deadline)) || return 1
		[[ -z ${3-} ]] || kill -0 "$3" 2>/dev/null || ended=1
		nap
	done
}

# wait_for_output REGEX: until the running hotprobe's stdout matches. Fails, with a remark, if it
# never does.
wait_for_output() {
	hp_await "$out" "$1" "$hp_pid" && return
	diag "never came: $1"
	hp_explain
	return 1
}

# wait_for COMMAND [ARG...]: until the command succeeds
wait_for() {
	local deadline=$((SECONDS + HP_TIMEOUT))
	until "$@"; do
		if ((SECONDS > deadline)); then
			diag "never succeeded: $*"
			return 1
		fi
		nap
	done
}

# ---- reading what it printed ---------------------------------------------------------------------

# json FILTER [JQ ARG...]: jq's answer, as raw text, over the objects in $out, one after another
json() {
	local filter=$1
	shift
	jq -r "$@" "$filter" "$out"
}

# json_count FILTER: for how many of the objects in $out the filter is true
json_count() {
	jq -n "reduce (inputs | select($1)) as \$_ (0; . + 1)" "$out"
}

# json_is_valid: every line of $out is one JSON object, and UTF-8
json_is_valid() {
	iconv -f UTF-8 -t UTF-8 "$out" >/dev/null &&
		jq -eRn 'reduce inputs as $line (true; . and ($line | try fromjson catch null | type) == "object")' \
			"$out" >/dev/null
}
