#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# What lies in the cache, for tests (tool/cache/entry.c, tool/object/pack.h):
#
#   entry.pl object ENTRY    the object in ENTRY, to stdout
#   entry.pl forge ENTRY     seal ENTRY anew, with all its files as they are now
use strict;
use warnings;
no warnings 'portable';

my ($do, $file) = @ARGV;
open my $in, '<:raw', $file or die "$file: $!";
my $data = do { local $/; <$in> };
my (@pieces, $pos);
for ($pos = 32; $pos < length $data;) {
	my ($tag, $len) = unpack 'LL', substr $data, $pos, 8;
	push @pieces, [$tag, substr($data, $pos + 8, $len)];
	$pos += 8 + $len + (-$len & 7);
}

if ($do eq 'object') {
	binmode STDOUT;
	for (@pieces) {
		print substr $$_[1], 8, unpack 'Q', $$_[1] if $$_[0] == 4;
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
