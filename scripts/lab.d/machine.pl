#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# machine.pl [OPTIONS] -- QEMU...   run a lab guest to its end
#
#   --save FILE      boot it, save it once it waits for its command
#   --restore FILE   start from what was saved there; boot it if that does not work
#   --shell          the guest's serial line is this terminal
#   --console FILE   where the serial line goes otherwise
#   --timeout N      seconds that the guest's command may take
#   --outside CMD    what compiles for a guest that compiles outside; given the folder of a job
#
# What guest-init writes to its ports out and err becomes our stdout and stderr; port ctl carries
# lines: "ready", then our "go ...", "started", "status N"; for cc see outside-cc.c. qemu itself is told by QMP what to do.
# Exit status: the command's; 124 after the timeout; 125 if there is none because the guest died.
use strict;
use warnings;
use Fcntl qw(:DEFAULT :flock);
use Getopt::Long qw(:config no_ignore_case);
use IO::Select;
use POSIX qw(:sys_wait_h);
use Socket;
use Time::HiRes qw(time);

# Seconds: for coming up, when emulated and the machine is busy; for an answer of a restored guest.
my ($BOOT, $RESTORE) = (180, 40);

my %opt = (timeout => 300);
GetOptions(\%opt, 'save=s', 'restore=s', 'shell', 'console=s', 'timeout=i', 'outside=s@') or exit 2;
my @qemu = @ARGV;
my ($qemu_pid, %port, %pending, @events);
my $select = IO::Select->new;
my $restored = 0;

sub say_err { print STDERR "lab: @_\n"; }

sub stop_qemu {
	return if !$qemu_pid;
	kill 'KILL', $qemu_pid;
	waitpid $qemu_pid, 0;
	undef $qemu_pid;
}

$SIG{$_} = sub { my $sig = shift; stop_qemu(); exit($sig eq 'INT' ? 130 : 143); } for qw(INT TERM HUP);
$SIG{PIPE} = 'IGNORE';

# start EXTRA...: qemu, with a socket of ours behind each port
sub start {
	my @extra = @_;
	my %theirs;
	%port = %pending = ();
	@events = ();
	$select = IO::Select->new;
	for my $name (qw(qmp ctl out err cc)) {
		socketpair(my $mine, my $other, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die "socketpair: $!";
		fcntl($other, F_SETFD, 0);
		$port{$name} = $mine;
		$theirs{$name} = $other;
		$pending{$name} = '';
		$select->add($mine);
	}
	my @args = (@qemu, '-mon', 'chardev=qmp,mode=control', '-device', 'virtio-serial-pci');
	for my $name (qw(qmp ctl out err cc)) {
		push @args, '-chardev', "socket,id=$name,fd=" . fileno $theirs{$name};
		push @args, '-device', "virtserialport,chardev=$name,name=$name" if $name ne 'qmp';
	}
	if ($opt{shell}) {
		push @args, '-chardev', 'stdio,id=line,signal=off', '-serial', 'chardev:line';
	} else {
		push @args, '-serial', "file:$opt{console}";
	}
	defined($qemu_pid = fork) or die "fork: $!";
	if (!$qemu_pid) {
		open STDIN, '<', '/dev/null' if !$opt{shell};
		# It complains about features that an emulated processor lacks.
		open STDERR, '>', "$opt{console}.qemu" if $opt{console};
		exec @args, @extra or POSIX::_exit(127);
	}
	close $_ for values %theirs;
	tell_qemu('"qmp_capabilities"');
}

sub write_all {
	my ($to, $data) = @_;
	while (length $data) {
		my $n = syswrite $to, $data;
		return 0 if !defined $n;
		substr($data, 0, $n, '');
	}
	return 1;
}

sub read_file {
	my ($path) = @_;
	open my $file, '<:raw', $path or return '';
	local $/;
	return <$file> // '';
}

# compile_outside: if a whole request has come, a process that deals with it
sub compile_outside {
	$pending{cc} =~ /^compile (\d+) (\d+) (\d+) (\d+) (\S+) (.*)\n/ or return 0;
	my ($id, $cpus, $folder, %size);
	($id, @size{qw(request source btf)}, $cpus, $folder) = ($1, $2, $3, $4, $5, $6);
	my $at = $+[0];
	return 0 if length $pending{cc} < $at + $size{request} + $size{source} + $size{btf};
	my $message = substr $pending{cc}, 0, $at + $size{request} + $size{source} + $size{btf}, '';
	my $child = fork // die "fork: $!";
	return 1 if $child;

	# No handlers of ours: they would end qemu.
	$SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
	my $job = "$opt{console}.job$id";
	mkdir $job or POSIX::_exit(1);
	for my $name (qw(request source btf)) {
		open my $file, '>:raw', "$job/$name" or POSIX::_exit(1);
		print $file substr $message, $at, $size{$name};
		close $file;
		$at += $size{$name};
	}
	open my $file, '>', "$job/about" or POSIX::_exit(1);
	print $file "$cpus\n$folder\n";
	close $file;
	my $failed = $opt{outside} ? system(@{$opt{outside}}, $job) : 1;
	my ($status) = read_file("$job/status") =~ /^(\d+)/;
	my ($object, $messages) = map { read_file("$job/$_") } qw(object messages);
	if ($failed || !defined $status) {
		($status, $messages) = (3, "lab: compiling outside the guest failed\n");
	}
	# Two answers must not be mixed.
	open my $lock, '>', "$opt{console}.cc-lock" or POSIX::_exit(1);
	flock $lock, LOCK_EX;
	write_all($port{cc}, sprintf("done %s %d %d %d\n", $id, $status, length $object, length $messages)
		. $object . $messages);
	system 'rm', '-rf', $job;
	POSIX::_exit(0);
}

# pump SECONDS: take what has come; returns false once qemu has ended
sub pump {
	my ($seconds) = @_;
	for my $handle ($select->can_read($seconds)) {
		my ($name) = grep { $port{$_} == $handle } keys %port;
		my $n = sysread $handle, my $data, 65536;
		if (!$n) {
			$select->remove($handle);
			next;
		}
		if ($name eq 'out') {
			# Nobody reads any more (| head): what the guest still says is not wanted.
			write_all(\*STDOUT, $data);
		} elsif ($name eq 'err') {
			write_all(\*STDERR, $data);
		} elsif ($name eq 'cc') {
			$pending{cc} .= $data;
			1 while compile_outside();
		} else {
			$pending{$name} .= $data;
			while ($pending{$name} =~ s/^(.*?)\r?\n//) {
				push @events, "$name $1";
			}
		}
	}
	return $select->count > 0;
}

# await REGEX, SECONDS: the first line that matches, as its first group or the line; undef if time
# ran out or qemu ended. Lines that went before are dropped.
sub await {
	my ($regex, $seconds) = @_;
	my $until = time + $seconds;
	while (1) {
		while (defined(my $line = shift @events)) {
			return $1 // $line if $line =~ $regex;
			if ($line =~ /^ctl where ?(.*)/) {
				say_err("  $1") if length $1;
			} elsif ($line =~ /^ctl failed (.*)/) {
				say_err($1);
				return undef;
			}
		}
		my $left = $until - time;
		return undef if $left <= 0;
		# Once qemu is gone there may be lines in what was just taken.
		return undef if !pump($left) && !@events;
	}
}

sub tell_qemu {
	my ($command, $arguments) = @_;
	write_all($port{qmp}, "{\"execute\":$command"
		. ($arguments ? ",\"arguments\":$arguments" : '') . "}\n");
	return await(qr/^qmp \{"(return|error)"/, 20) // 'gone';
}

sub console_tail {
	return if $opt{shell} || !open(my $console, '<', $opt{console});
	my @lines = <$console>;
	splice @lines, 0, -25 if @lines > 25;
	say_err('the end of its console:');
	for (@lines) {
		s/[\r\n]+$//;
		s/[^\t -~]/?/g;
		say_err("  $_");
	}
}

sub qemu_says {
	open(my $file, '<', "$opt{console}.qemu") or return;
	print STDERR grep { !/doesn't support requested feature/ } <$file>;
}

# wait_for_status QUERY REGEX SECONDS: ask qemu until the answer matches
sub poll_qemu {
	my ($query, $regex, $seconds) = @_;
	my $until = time + $seconds;
	while (time < $until) {
		write_all($port{qmp}, "{\"execute\":\"$query\"}\n");
		my $answer = await(qr/^qmp (\{"(?:return|error)".*)/, 20) // return undef;
		return $1 if $answer =~ $regex;
		select undef, undef, undef, 0.02;
	}
	return undef;
}

sub fail {
	my ($what) = @_;
	say_err($what);
	qemu_says();
	console_tail();
	stop_qemu();
	exit 125;
}

sub quote_json {
	my ($text) = @_;
	$text =~ s/(["\\])/\\$1/g;
	return "\"$text\"";
}

sub quote_shell {
	my ($text) = @_;
	$text =~ s/'/'\\''/g;
	return "'$text'";
}

sub save {
	start();
	await(qr/^ctl ready/, $BOOT) or fail('the guest did not come up');
	tell_qemu('"stop"') eq 'return' or fail('the guest cannot be stopped');
	tell_qemu('"migrate"', '{"uri":' . quote_json('exec:cat > ' . quote_shell("$opt{save}.new")) . '}')
		eq 'return' or fail('the guest cannot be saved');
	my $end = poll_qemu('query-migrate', qr/"status": ?"(completed|failed)"/, 60);
	fail('the guest cannot be saved') if ($end // '') ne 'completed';
	tell_qemu('"quit"');
	waitpid $qemu_pid, 0;
	rename "$opt{save}.new", $opt{save} or die "$opt{save}: $!";
	exit 0;
}

sub go {
	my ($rows, $columns) = (24, 80);
	if ($opt{shell} && `stty size 2>/dev/null` =~ /^(\d+) (\d+)/ && $1) {
		($rows, $columns) = ($1, $2);
	}
	write_all($port{ctl}, sprintf "go %d %s %d %d\n", time, $opt{shell} ? 'shell' : 'run', $rows, $columns);
}

sub restore {
	-e $opt{restore} or return 0;
	start('-incoming', 'exec:cat ' . quote_shell($opt{restore}));
	if (defined poll_qemu('query-status', qr/"status": ?"(paused|prelaunch)"/, $RESTORE)
		&& tell_qemu('"cont"') eq 'return') {
		go();
		return 1 if await(qr/^ctl started/, $RESTORE);
	}
	say_err('the saved guest cannot be restored; booting it');
	qemu_says();
	stop_qemu();
	return 0;
}

save() if $opt{save};
if (!$opt{restore} || !restore()) {
	start();
	await(qr/^ctl ready/, $BOOT) or fail('the guest did not come up');
	go();
	await(qr/^ctl started/, $BOOT) or fail('the guest came up, but does not start its command');
}

my $limit = $opt{shell} ? 1e9 : $opt{timeout};
my $status = await(qr/^ctl status (\d+)/, $limit);
if (!defined $status) {
	fail('the guest died') if !$select->count;
	say_err("after $limit seconds the command still runs; where it waits:");
	write_all($port{ctl}, "where\n");
	if (!await(qr/^ctl where$/, 15)) {
		# The guest does not answer: its kernel is to say where it is.
		say_err('the guest does not answer');
		tell_qemu('"inject-nmi"');
		await(qr/^never/, 5);
	}
	console_tail();
	stop_qemu();
	exit 124;
}
tell_qemu('"quit"');
while (pump(5)) { }
waitpid $qemu_pid, 0;
exit $status;
