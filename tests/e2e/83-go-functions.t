#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The functions of stripped Go programs: all that are found are those that the unstripped program has
# symbols for, of the same size, for each release and with section headers and without.
store=${XDG_CACHE_HOME:-$HOME/.cache}
. "$(dirname "$0")/lib.sh"

releases=(1.15 1.19 1.24 1.26)
program=$tmp/program
stripped=$tmp/stripped

go() {
	XDG_CACHE_HOME=$store "$hp_root/scripts/go" "$@" 2>"$tmp/go.log" || {
		diag "$(tail -n 5 "$tmp/go.log")"
		return 1
	}
}

# strip_sections FILE: as programs that hide what they are; e_shoff, e_shnum and e_shstrndx are 0
strip_sections() {
	dd if=/dev/zero of="$1" bs=1 seek=40 count=8 conv=notrunc status=none &&
		dd if=/dev/zero of="$1" bs=1 seek=60 count=4 conv=notrunc status=none
}

# differences: between what hotprobe says of $stripped ($out) and what Go says of $program
#
# Symbols have what the table of functions leaves out: the ABI of assembly, and the types of which a
# generic function is an instance. A function's size in the table includes what it is padded with.
differences() {
	readelf -lW "$stripped" >"$tmp/segments" || return
	go run "$release" tool nm -size "$program" >"$tmp/nm" || return
	perl -e '
		my ($segments, $nm, $list) = map { open my $in, "<", $_ or die; [<$in>] } @ARGV;
		my (@load, %symbols, $all, $wrong);
		for (@$segments) {
			push @load, [map { hex } $1, $2, $3]
				if /^  LOAD +0x(\w+) 0x(\w+) 0x\w+ 0x(\w+)/;
		}
		sub plain {
			my $name = shift;
			$name =~ s/\.abi0$|\.abiinternal$//;
			$name =~ s/\[.*\]/[...]/;
			$name =~ s/\xc2\xb7/./g;
			return $name;
		}
		for (@$nm) {
			/^ *([0-9a-f]+) +(\d+) [Tt] (.*)$/ or next;
			my ($address, $size, $name) = (hex $1, $2, $3);
			my ($segment) = grep {
				$address >= $_->[1] && $address < $_->[1] + $_->[2]
			} @load or next;
			push @{$symbols{$address - $segment->[1] + $segment->[0]}}, [$size, plain $name];
		}
		for (@$list) {
			/^(.*)  offset 0x([0-9a-f]+), (\d+) bytes$/ or die "what is $_";
			my ($name, $offset, $size) = (plain($1), hex $2, $3);
			$all++;
			next if grep {
				$_->[1] eq $name && $size >= $_->[0] && $size < $_->[0] + 64
			} @{$symbols{$offset} // []};
			print "not among the symbols: $_" if $wrong++ < 5;
		}
		print "only $all functions\n" if $all < 3000;
		print "$wrong of $all functions are wrong\n" if $wrong;
	' "$tmp/segments" "$tmp/nm" "$out" || echo "nothing was compared"
}

for release in "${releases[@]}"; do
	for flags in '' -buildmode=pie; do
		# shellcheck disable=SC2086 # none or one
		if ! go build "$release" "$program" "$hp_root/tests/fixtures/go/talk" $flags; then
			ok "Go $release builds its program" false
			continue
		fi
		strip -o "$stripped" "$program"
		run_hotprobe list uprobes "$stripped" -v
		is "$status" 0 "Go $release $flags: a stripped program's functions"
		is "$(differences)" '' "Go $release $flags: they are those of the program's symbols"
		cp "$out" "$tmp/list"
		strip_sections "$stripped"
		run_hotprobe list uprobes "$stripped" -v
		ok "Go $release $flags: and the same without section headers" cmp -s "$out" "$tmp/list"
	done
done

done_testing
