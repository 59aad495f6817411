#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Mistakes in C as people make them: each is told once, on the user's line and column, with what to do
# about it.
. "$(dirname "${BASH_SOURCE[0]}")/bad.sh"
. "$(dirname "${BASH_SOURCE[0]}")/tree.sh"

# real headers are looked up further down
options=(--headers btf)
tab=$'\t'

# in_probe TOP BODY: a probe with TOP at its line 9 and BODY at its line 24
in_probe() {
	probe wrong <<-EOF
		/*
		 * wrong - a test
		 *
		 * Options:
		 *       --size=N   text
		 */
		#include <linux/sched.h>
		#include "hotprobe.h"
		$1
		struct event {
			u32 pid;
			u64 n;
			char comm[16];
		};
		EVENTS(events, struct event);
		BPF_HASH(counts, u32, u64);
		TRACEPOINT_PROBE(sched, sched_process_exec)
		{
			struct task_struct *task = (struct task_struct *)bpf_get_current_task();
			struct event e = {};
			u32 pid = bpf_get_current_pid_tgid() >> 32;

			e.pid = pid;
		${tab}$2
			return events_emit(args, &e);
		}
	EOF
}

# told NAME LINE:COLUMN SAYS HINT: that, and no other error. The caret is below the column.
told() {
	local name=$1 at=$2 line caret tabs
	fails "$name" 1 "$probe does not compile:
$probe:$at: error: $3" "$4" "$probe" "${options[@]}"
	is "$(grep -c ': error: ' "$err")" 1 "$name: once"
	[[ $at == *:* ]] || return
	line=$(sed -n "${at%:*}p" "$probe")
	tabs=${line:0:${at#*:}-1}
	caret=$(expand <<<"${tabs//[^$'\t']/ }^")
	ok "$name: a caret there" awk -v at="${#caret}" \
		'substr($0, at, 1) == "^" { found = 1 } END { exit !found }' "$err"
	ok "$name: the user's line" grep -qxF -- "$(expand <<<"$line")" "$err"
}
top() { # NAME LINE:COLUMN SAYS HINT TEXT
	in_probe "$5" ''
	told "$1" "$2" "$3" "$4"
}
body() {
	in_probe '' "$5"
	told "$1" "$2" "$3" "$4"
}

# ---- members -------------------------------------------------------------------------------------

body 'a field of a kernel struct' 24:16 'struct task_struct has no member tgidd' 'did you mean tgid?' \
	'e.pid = task->tgidd;'
body 'a field behind another' 24:29 'struct task_struct has no member tgidd' 'did you mean tgid?' \
	'e.pid = task->real_parent->tgidd;'
body 'a field that is gone' 24:14 'struct task_struct has no member mmap_semm' \
	'hotprobe layout task_struct' 'e.n = task->mmap_semm;'
body 'a field that was renamed' 24:18 'struct mm_struct has no member mmap_sem' \
	'since Linux 5.8 it is mmap_lock' 'e.n = task->mm->mmap_sem.count.counter;'
body "a field of the event" 24:4 'struct event has no field pidd' 'did you mean pid?' 'e.pidd = pid;'
body "a field of the event that is none's neighbour" 24:4 'struct event has no field elephant' \
	'its fields are: pid, n, comm' 'e.elephant = pid;'
body "a tracepoint's field" 24:16 'the tracepoint sched:sched_process_exec has no field pidd' \
	'did you mean pid?' 'e.pid = args->pidd;'
top 'a field, in a function of one line' 9:49 'struct task_struct has no member tgidd' \
	'did you mean tgid?' 'static u64 f(struct task_struct *t) { return t->tgidd; }'
in_probe $'#define GET(t) ((t)->tgidd)' 'e.n = GET(task);'
told 'a field, in a macro of the probe' 24:8 \
	'struct task_struct has no member tgidd (in the macro GET of line 9)' 'did you mean tgid?'

# ---- maps ----------------------------------------------------------------------------------------

body 'a method' 24:9 'the BPF_HASH counts has no method increments' 'did you mean counts.increment()?' \
	'counts.increments(pid);'
body "another map's method" 24:9 'the BPF_HASH counts has no method perf_submit' \
	'perf_submit() is for a BPF_PERF_OUTPUT; this one has lookup()' \
	'counts.perf_submit(args, &e, sizeof(e));'
body "an output's method" 24:9 'the EVENTS events has no method submit' 'events_emit(ctx, &event)' \
	'events.submit(&e);'
body 'a map that is not there' 24:2 'cuonts is not declared' 'did you mean counts?' \
	'cuonts.increment(pid);'
body "a method's arguments" 24:20 'counts.update() is given too few arguments: expected 2, have 1' \
	'it is written counts.update(&key,&value)' 'counts.update(&pid);'
top 'a map twice' 16:1 'the map counts is declared twice' 'the first is on line 9' \
	'BPF_HASH(counts, u32, u64);'
top 'a macro that is not there' 9:15 'there is no BPF_HASHH' 'did you mean BPF_HASH?' \
	'BPF_HASHH(a1, u32, u64);'
top 'too many arguments of a map' 9:28 'this BPF_HASH is not understood' \
	'it is written BPF_HASH(name, key type, value type, size);' 'BPF_HASH(a1, u32, u64, 10, 3, 4);'
top 'a comma that is missing' 9:1 'this BPF_HASH is not understood' 'it is written BPF_HASH(name' \
	'BPF_HASH(a1 u32, u64);'
top 'a key that is not declared' 9:1 'there is no struct kk' 'declare it above the line' \
	'BPF_HASH(hh, struct kk, u64);'
top 'a kind of map' 9:1 'unsupported map type: maps/hsh' '"hash", "array"' \
	'BPF_TABLE("hsh", u32, u64, t1, 10);'

# ---- macros --------------------------------------------------------------------------------------

top 'too few arguments of TRACEPOINT_PROBE' 9:36 'TRACEPOINT_PROBE is given too few arguments' \
	'it is written TRACEPOINT_PROBE(category, event)' 'TRACEPOINT_PROBE(sched_process_exit) { return 0; }'
top 'too many arguments of TRACEPOINT_PROBE' 9:45 'TRACEPOINT_PROBE is given too many arguments' \
	'it is written TRACEPOINT_PROBE(category, event)' \
	'TRACEPOINT_PROBE(sched, sched_process_exit, int x) { return 0; }'
top 'a struct that a KFUNC_PROBE names' 9:30 'there is no struct filee' 'did you mean struct file?' \
	'KFUNC_PROBE(vfs_read, struct filee *file) { return file->f_flags; }'
body 'an option that is not given' 24:8 'OPT_SIZE is not defined, because --size was not given' \
	'between #ifdef OPT_SIZE and #endif, or write [default: N]' 'e.n = OPT_SIZE;'
body 'an option that there is not' 24:8 'the doc comment has no option --siz' 'did you mean OPT_SIZE?' \
	'e.n = OPT_SIZ;'
options=(--headers btf -D 'LIMIT=(1')
in_probe '' 'e.n = LIMIT;'
fails 'a definition of -D' 1 "$probe:24" '' "$probe" "${options[@]}"
options=(--headers btf)

# ---- names ---------------------------------------------------------------------------------------

body 'a name' 24:8 'pdi is not declared' 'did you mean pid?' 'e.n = pdi;'
in_probe '' 'e.n = nothing_here;'
sed -i '24a\	e.pid = 1;\n\te.n += nothing_here;' "$probe"
told 'a name twice' 24:8 'nothing_here is not declared (also on line 26)' ''
body 'a helper' 24:2 'there is no function bpf_get_curent_comm' 'did you mean bpf_get_current_comm?' \
	'bpf_get_curent_comm(&e.comm, sizeof(e.comm));'
body "libbpf's way" 24:8 'there is no function BPF_CORE_READ' 'task->real_parent->tgid' \
	'e.n = BPF_CORE_READ(task, pid);'
body "the C library's" 24:2 'there is no function strcpy' 'bpf_probe_read_kernel_str(' \
	'strcpy(e.comm, "x");'
body "what EVENTS brings" 24:2 'there is no function event_emit' 'did you mean events_emit?' \
	'event_emit(args, &e);'
body "a function's arguments" 24:24 'read_kernel() is given too few arguments: expected 3, have 2' \
	'it is declared as static inline int read_kernel(void *dst, u32 size, const void *src)' \
	'read_kernel(&e.n, task);'
body 'a struct' 24:41 'there is no struct sok' 'did you mean struct sock?' \
	'struct sok *sk = (void *)task; e.n = sk->x;'
body 'a type' 24:2 'there is no type uint33_t' 'did you mean uint32_t?' 'uint33_t x = 1;'
body 'args elsewhere' 26:20 'only a TRACEPOINT_PROBE has args' 'mostly ctx' $'return 0; }\nint other(void *ctx) { struct event e = {};'

# ---- C -------------------------------------------------------------------------------------------

body 'a semicolon' 24:9 "expected ';' after expression" '' 'e.n = 1'
body 'a parenthesis' 24:15 "expected ')'" '' 'if (pid == 1 e.n = 3;'
body 'a brace' 24:16 'this brace is not closed' '' 'if (pid == 1) {'
body 'a text' 24:12 'this text has no end in its line' '' 'char *s = "abc;'
body "a word processor's quotes" 24:8 'unexpected character <U+201C>' 'write plain quotes' 'e.n = “x”;'
body 'no value' 24:2 "non-void function 'tracepoint__sched__sched_process_exec' should return a value" \
	'return 0;' 'return;'
in_probe '' 'bpf_trace_printk("%d %d %d %d", 1, 2, 3, 4);'
fails 'what only LLVM finds' 1 "$probe:24" '' "$probe" "${options[@]}"
like "$(<"$err")" 'no more than three values' '... is told by its cause'
in_probe '' 'e.n = (s64)bpf_ktime_get_ns() / (s64)pid;'
run_hotprobe "$probe" "${options[@]}" -n 1 -- true
# clang 14 cannot; later ones could for newer kernels
if [[ $status != 0 ]]; then
	like "$(<"$err")" "$probe:24.*BPF has no signed division" 'a signed division'
else
	skip 'a signed division' 'this LLVM can do it'
fi
in_probe '' 'e.n = elephant; e.pidd = 3; e.n = task->tgidd;'
fails 'several mistakes' 1 "$probe:24:8: error: elephant is not declared" '' "$probe" "${options[@]}"
is "$(grep -oE ':24:[0-9]+: (error|note)' "$err" | tr '\n' ' ')" \
	':24:8: error :24:20: error :24:20: note :24:42: error :24:42: note ' '... each where it stands'

# ---- headers -------------------------------------------------------------------------------------

top "the C library's header" 9:10 'stdint.h is a header of the C library; a probe runs in the kernel' \
	"the kernel's is <linux/types.h>" '#include <stdint.h>'
top "libbpf's header" 9:10 'vmlinux.h is for programs that are built with libbpf' 'leave the line out' \
	'#include <vmlinux.h>'
top "one's own header" 9:10 "hotprob.h is neither in $tmp nor in " 'did you mean "hotprobe.h"?' \
	'#include "hotprob.h"'

# tests/lab/compiler.t ends here: the tree is made of this system's headers, for this system's libbcc
[[ $0 != */lab/* ]] || done_bad
tree=$tmp/tree
make_tree "$tree"
mkdir -p "$tree/include/net"
echo '#define SOME_CONSTANT 3' >"$tree/include/linux/socket.h"
printf '%s\n' 'struct some_struct {' $'\tint some_member;' '};' >"$tree/include/net/some.h"
echo 'typedef int pid_t; struct task_struct { int pid; };' >"$tree/include/linux/sched.h"
options=(--headers "$tree")
top "a kernel header" 9:10 "the headers of $(uname -r) have no linux/schd.h" \
	'did you mean <linux/sched.h>?' '#include <linux/schd.h>'
top 'a kernel header in another folder' 9:10 "the headers of $(uname -r) have no linux/some.h" \
	'did you mean <net/some.h>?' '#include <linux/some.h>'
body 'a constant of a header' 24:8 'SOME_CONSTANT is not declared' 'add #include <linux/socket.h>' \
	'e.n = SOME_CONSTANT;'
body 'a struct of a header' 24:47 'struct some_struct is not declared here' 'add #include <net/some.h>' \
	'struct some_struct *s = (void *)task; e.n = s->some_member;'
body 'a field that only BTF has' 24:14 "struct task_struct has no member tgid in the headers of" \
	"this kernel's BTF has it" 'e.n = task->tgid;'
printf '%s\n' 'struct broken {' $'\tnonsense x;' '};' >"$tree/include/net/broken.h"
in_probe '#include <net/broken.h>' ''
fails 'an error in a header' 1 "$probe:9: error: there is no type nonsense (in " '' \
	"$probe" "${options[@]}"
like "$(<"$err")" 'net/broken.h:2, which is included here' '... is told on the line that includes it'

# ---- what hotprobe itself adds -------------------------------------------------------------------

probe wrong <<-'EOF'
	#include "hotprobe.h"
	#define u64 nosuch_t
	struct event { u32 pid; };
	EVENTS(events, struct event);
	RAW_TRACEPOINT_PROBE(sys_enter) { return 0; }
EOF
fails 'a macro breaks EVENTS' 1 \
	"$probe:4: error: what EVENTS becomes does not compile: nosuch_t is not declared" '' "$probe" "${options[@]}"

done_bad
