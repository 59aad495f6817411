#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# spoken.pl FOLDER <EVENTS: what the events of gotls or ssl, as JSON, say was spoken
#
# Appends the texts of each connection and direction, in the order of the events, to
# FOLDER/PID-CONN-DIR, and writes which sockets they name to FOLDER/PID-connections, a line
# "CONN FD LOCAL REMOTE" for each, sorted. Says what is wrong with the pieces: one that is not where
# the last one ended, a text that is shorter or longer than its length.
#
# It takes the lines apart itself: what is tested has hundreds of megabytes. That they are JSON is
# tested elsewhere.
use strict;
use warnings;

my $folder = shift // die "usage: spoken.pl FOLDER <EVENTS\n";
my (%file, %open, %sockets, $wrong);
my %escape = (n => "\n", r => "\r", t => "\t", b => "\b", f => "\f", '"' => '"', '\\' => '\\', '/' => '/');

sub wrong {
	print "line $.: @_\n";
	$wrong = 1;
}

sub unescape {
	my $text = shift;
	$text =~ s{\\(?:u([0-9a-f]{4})|(.))}{defined $1 ? chr hex $1 : $escape{$2}}gie;
	return $text;
}

# Without a module that the lab's guests do not have: uuencoded text has other letters, and lengths.
sub base64 {
	my ($text, $bytes) = (shift, '');
	$text =~ tr{A-Za-z0-9+/}{}cd;
	$text =~ tr{A-Za-z0-9+/}{ -_};
	$bytes .= unpack 'u', chr(32 + int(length($1) * 3 / 4)) . $1 while $text =~ /(.{1,60})/gs;
	return $bytes;
}

while (<STDIN>) {
	my ($pid) = /"pid":(\d+)/;
	my ($conn) = /"conn":"?(0x[0-9a-f]+|\d+)/;
	my ($dir) = /"dir":"(in|out)"/;
	my ($offset) = /"offset":(\d+)/;
	my ($length) = /"length":(\d+)/;
	my ($fd) = /"fd":(null|\d+)/;
	my ($local, $remote) = (/"local":"?(null|[^",]+)/, /"remote":"?(null|[^",]+)/);
	my $data;
	if (/"data":"((?:[^"\\]|\\.)*)"/) {
		$data = unescape($1);
	} elsif (/"data_base64":"([^"]*)"/) {
		$data = base64($1);
	}
	if (grep { !defined } $pid, $conn, $dir, $offset, $length, $data, $fd) {
		wrong('a field is missing: ', substr $_, 0, 300);
		next;
	}
	my $name = "$pid-$conn-$dir";
	wrong("$name: offset $offset, not ", $open{$name} // 0) if $offset != ($open{$name} // 0);
	$open{$name} = $offset + length $data;
	wrong("$name: $open{$name} bytes of a text of $length") if $open{$name} > $length;
	delete $open{$name} if $open{$name} >= $length;
	push @{$file{$name}}, $data;
	$sockets{$pid}{"$conn $fd $local $remote"} = 1;
}
wrong("$_: ends after $open{$_} bytes") for sort keys %open;
for my $name (keys %file) {
	open my $out, '>>:raw', "$folder/$name" or die "$folder/$name: $!\n";
	print $out @{$file{$name}};
	close $out or die "$folder/$name: $!\n";
}
for my $pid (keys %sockets) {
	open my $out, '>>:raw', "$folder/$pid-connections" or die "$!\n";
	print $out map { "$_\n" } sort keys %{$sockets{$pid}};
	close $out or die "$!\n";
}
exit($wrong ? 1 : 0);
