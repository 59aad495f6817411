#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A compiler that dies, hangs, lies or is missing is an error that says so; and it has no rights.
. "$(dirname "$0")/bad.sh"

# A copy of hotprobe below a folder that only root may enter, with another compiler beside it.
mkdir -m 700 "$tmp/build"
cp "$hp" "$(dirname "$hp")/hotprobe-cc" "$tmp/build/"
mv "$tmp/build/hotprobe-cc" "$tmp/build/hotprobe-cc-real"
ln -s "$hp_root/bpf_src" "$tmp/bpf_src"
hp=$tmp/build/hotprobe
cc=$tmp/build/hotprobe-cc
probe_with ''

# compiler C: the compiler is now a program whose main() has this body. real_fd is the real one's,
# output() what it writes for the request on stdin.
compiler() {
	cat >"$tmp/cc.c" <<-EOF
		#define _GNU_SOURCE
		#include <fcntl.h>
		#include <signal.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <sys/wait.h>
		#include <unistd.h>

		extern char **environ;
		static char data[1 << 24];

		/* what the real one writes for the request on stdin */
		static long output(void)
		{
			char *argv[] = { "hotprobe-cc", NULL };
			int p[2], got;
			long len = 0;

			if (pipe(p))
				_exit(99);
			if (fork() == 0) {
				dup2(p[1], 3);
				close(p[0]);
				execve(REAL, argv, environ);
				_exit(98);
			}
			close(p[1]);
			while ((got = read(p[0], data + len, sizeof(data) - len)) > 0)
				len += got;
			wait(NULL);
			return len;
		}

		static void answer(const char *text, long len)
		{
			while (len > 0) {
				long done = write(3, text, len);

				if (done <= 0)
					break;
				text += done;
				len -= done;
			}
		}

		int main(void)
		{
			long len = 0;

			(void)output, (void)answer, (void)len;
			$1
			return 0;
		}
	EOF
	rm -f "$cc"
	gcc -w -DREAL="\"$real\"" -o "$cc" "$tmp/cc.c" || exit 1
}
# The stand-in runs as nobody as well: what it starts must lie where nobody may go.
chmod 755 "$tmp"
mkdir -m 755 "$tmp/open"
real=$tmp/open/hotprobe-cc-real
cp "$tmp/build/hotprobe-cc-real" "$real"

cp "$real" "$cc"
run_hotprobe check "$probe"
is "$status" 0 'the compiler works below a folder that it may not enter'

rm "$cc"
fails 'a missing compiler' 1 'cannot start the compiler' 'run make' "$probe"
echo 'no program' >"$cc"
chmod 755 "$cc"
fails 'a compiler that is no program' 1 'it cannot be run: Exec format error' 'run make' "$probe"
chmod 644 "$cc"
fails 'a compiler that may not be run' 1 'it cannot be run: Permission denied' 'run make' "$probe"

compiler 'raise(SIGSEGV);'
fails 'a compiler that crashes' 1 'killed by signal 11 (Segmentation fault)' 'report it' "$probe"
compiler 'fputs("no more memory\n", stderr); raise(SIGKILL);'
fails 'a compiler that is killed' 1 'killed by signal 9 (Killed); its last words:
no more memory' 'out of memory' "$probe"
compiler 'return 3;'
fails 'a compiler that ends with rubbish' 1 "$cc ended with status 3" 'report it' "$probe"
compiler 'return 1;'
fails 'a compiler that fails without a word' 1 'the compiler gave no reason' '' "$probe"
compiler ''
fails 'a compiler that writes nothing' 1 "the compiler's answer is not an object: it is shorter" \
	'of one version' "$probe"
compiler 'answer("something that is longer than a header of an object", 51);'
fails 'a compiler that writes rubbish' 1 "the compiler's answer is not an object: it does not start" \
	'of one version' "$probe"
compiler 'for (int i = 0; i < 20; i++) answer(data, sizeof(data));'
fails 'a compiler that writes 320 MB' 1 'the compiler wrote more than an object can hold' '' "$probe"
compiler 'len = output(); answer(data, len / 2);'
fails 'half an object' 1 "not an object: its length is not what its header says" 'of one version' \
	"$probe"
compiler 'len = output(); answer(data, len); answer("more", 4);'
fails 'an object and more' 1 'not an object: its length is not what its header says' 'of one version' \
	"$probe"
for at in 0 9 20 28 40 'len / 2' 'len - 1'; do
	compiler "len = output(); data[$at] ^= 4; answer(data, len);"
	fails "an object with a bit flipped at $at" 1 "the compiler's answer is not an object: " \
		'of one version' "$probe"
done
compiler 'len = output(); answer(data, len); puts("on stdout"); fflush(stdout);'
run_hotprobe check "$probe"
is "$status/$(<"$out")" 0/ 'what the compiler prints on stdout does not get there'

compiler 'pause();'
export HOTPROBE_COMPILE_TIMEOUT=1
fails 'a compiler that hangs' 1 'the compiler hung: it was ended after 1 s' \
	'HOTPROBE_COMPILE_TIMEOUT=SECONDS' "$probe"
unset HOTPROBE_COMPILE_TIMEOUT

# ---- what it may do, and Ctrl-C while it works -----------------------------------------------------

# The real one, busy for seconds.
cp "$real" "$cc.new"
mv "$cc.new" "$cc"
{
	cat "$probe"
	for ((i = 0; i < 4000; i++)); do
		echo "TRACEPOINT_PROBE(sched, sched_process_exit) { return 0; }" |
			sed "s/TRACEPOINT_PROBE.*exit)/int kprobe__f$i(void *ctx)/"
	done
} >"$tmp/long.c"
for signal in INT TERM; do
	env --default-signal=INT,TERM "$hp" "$tmp/long.c" --no-cache </dev/null >"$out" 2>"$err" &
	hp_pid=$!
	worker=
	# shellcheck disable=SC2317 # wait_for calls it
	has_worker() {
		worker=$(pgrep -P "$hp_pid" -f hotprobe-cc) &&
			[[ $(readlink "/proc/$worker/exe") == "$cc" ]]
	}
	ok "the compiler is at work" wait_for has_worker
	if [[ $signal == INT ]]; then
		worker_status=$(<"/proc/$worker/status")
		like "$worker_status" $'\nUid:\t65534\t65534\t65534\t65534\n' 'it is nobody'
		like "$worker_status" $'\nGid:\t65534\t65534\t65534\t65534\n' 'of no group'
		like "$worker_status" $'\nGroups:[ \t]*\n' 'and of no other group'
		for set in CapInh CapPrm CapEff CapAmb; do
			like "$worker_status" $'\n'"$set:"$'\t0000000000000000\n' "with no $set"
		done
		like "$worker_status" $'\nNoNewPrivs:\t1\n' 'and cannot get any'
	fi
	kill -s "$signal" "$hp_pid"
	wait_hotprobe
	is "$status/$(<"$err")" '1/hotprobe: interrupted while compiling' "SIG$signal ends a compile"
	ok 'and the compiler with it' wait_for eval '! kill -0 "$worker" 2>/dev/null'
done

done_bad
