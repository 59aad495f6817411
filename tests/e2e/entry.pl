#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# What lies in the cache, for tests (tool/cache/entry.c, tool/object/pack.h):
#
#   entry.pl object ENTRY    the object in ENTRY, to stdout
#   entry.pl loose ENTRY     the same with its types sorted by what they are: LLVM 21 numbers some
#                            of them, structs only named, by where its own memory lies
#   entry.pl forge ENTRY     seal ENTRY anew, with all its files as they are now
use strict;
use warnings;
no warnings 'portable';

my ($do, $file) = @ARGV;
open my $in, '<:raw', $file or die "$file: $!";
my $data = do { local $/; <$in> };
sub pieces {
	my ($packet, @pieces) = @_;
	for (my $pos = 32; $pos < length $packet;) {
		my ($tag, $len) = unpack 'LL', substr $packet, $pos, 8;
		push @pieces, [$tag, substr($packet, $pos + 8, $len)];
		$pos += 8 + $len + (-$len & 7);
	}
	return @pieces;
}
my @pieces = pieces($data);

# BTF (the kernel's Documentation/bpf/btf.rst): each type's name, kind, size and members' names
sub types {
	my $btf = shift;
	my ($head, $types_at, $types_len, $names_at) = unpack 'x4 L4', $btf;
	my $name = sub { unpack 'Z*', substr $btf, $head + $names_at + shift };
	my %more = (1 => [4, 0], 3 => [12, 0], 4 => [0, 12], 5 => [0, 12], 6 => [0, 8], 13 => [0, 8],
		14 => [4, 0], 15 => [0, 12], 17 => [4, 0], 19 => [0, 12]);
	my @types;
	for (my $at = $head + $types_at; $at < $head + $types_at + $types_len;) {
		my ($name_at, $info, $size) = unpack 'L3', substr $btf, $at, 12;
		my ($kind, $nr) = ($info >> 24 & 31, $info & 0xffff);
		my ($fixed, $each) = @{ $more{$kind} || [0, 0] };
		my $type = join ' ', $name->($name_at), $info;
		$type .= " $size" if $kind == 1 || $kind >= 4 && $kind <= 6 || $kind == 19;
		for (my $i = 0; $kind != 15 && $i < $nr && $each; $i++) {
			$type .= ' ' . $name->(unpack 'L', substr $btf, $at + 12 + $i * $each, 4);
		}
		push @types, $type;
		$at += 12 + $fixed + $nr * $each;
	}
	return join "\n", sort @types;
}

if ($do eq 'object' || $do eq 'loose') {
	my ($kept) = map { $$_[1] } grep { $$_[0] == 4 } @pieces;
	my $object = substr $kept, 8, unpack 'Q', $kept;
	binmode STDOUT;
	if ($do eq 'object') {
		print $object;
		exit;
	}
	for (pieces($object)) {
		my ($tag, $bytes) = @$_;
		$bytes = types($bytes) if $tag == 7;
		print pack('LL', $tag, length $bytes), $bytes;
	}
	exit;
}

# deps: size, inode, mtime, ctime, the path
sub as_now {
	my $deps = shift;
	for (my $at = 0; $at < length $deps;) {
		my $path = unpack 'Z*', substr $deps, $at + 32;
		my @stat = split ' ', `stat -L -c '%s %i %.9Y %.9Z' '$path' 2>/dev/null`;
		s/\.// for @stat;
		substr $deps, $at, 32, pack 'QQqq', @stat if @stat;
		$at += 32 + length($path) + 1;
		$at += -$at & 7;
	}
	return $deps;
}

my $payload = '';
for (@pieces) {
	$$_[1] = as_now($$_[1]) if $$_[0] == 2;
	$payload .= pack('LL', $$_[0], length $$_[1]) . $$_[1];
	$payload .= "\0" x (-length($payload) & 7);
}
my $sum = 0xcbf29ce484222325 ^ length $payload;
for my $word (unpack 'Q*', $payload) {
	use integer;
	$sum = ($sum ^ $word) * 0x100000001b3;
	$sum ^= ($sum >> 32) & 0xffffffff;
}
{
	use integer;
	$sum *= 0x100000001b3;
}
open my $out, '>:raw', $file or die "$file: $!";
print $out substr($data, 0, 16), pack('QQ', length $payload, $sum), $payload;
