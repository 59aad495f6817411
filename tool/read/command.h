/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_READ_COMMAND_H
#define HOTPROBE_READ_COMMAND_H

#include <stdbool.h>
#include <sys/types.h>

struct error;

/* The program behind "--": started, but held before its first instruction until probes are live. */
struct command {
	char **argv;
	pid_t pid;	/* 0 when there is none */
	int release_fd; /* a byte lets the program go, closing it ends it */
	int failure_fd; /* brings the errno of a failed exec */
	bool ended;
	int status; /* as waitpid() gives it */
};

/* command_find - is there such a program? Asked before anything is compiled. */
int command_find(char *const argv[], struct error *err);

/* command_fork - make the process; it waits */
int command_fork(struct command *command, char *argv[], struct error *err);

/* command_go - let it run; a failed exec is an error */
int command_go(struct command *command, struct error *err);

/* command_reap - notice that it ended; false while it runs */
bool command_reap(struct command *command);

/* command_signal - pass a signal on */
void command_signal(const struct command *command, int sig);

/* command_kill - end a command that still runs, and wait for it */
void command_kill(struct command *command);

/* command_exit_status - as a shell tells it: its own, or 128 and the signal's number */
int command_exit_status(const struct command *command);

#endif
