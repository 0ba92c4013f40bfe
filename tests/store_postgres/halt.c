/* Kills a process at one of its system calls.
 *
 *   store-halt K PID... [also PID...]
 *
 * Says "ready" once it watches every PID. At the K-th stop of any of them (each call has two:
 * before it and after it) those after "also" are killed, in their order, and then that PID; it says
 * which call it was, and ends. Whoever ends it earlier (SIGTERM) leaves the others running. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <linux/ptrace.h>

enum { PIDS_MAX = 64 };

static void
fail(const char *what, const char *pid)
{
    fprintf(stderr, "%s %s: %s\n", what, pid, strerror(errno));
    exit(2);
}

/* The options of PTRACE_SEIZE are passed as the data pointer. */
static void
watch(const char *text)
{
    pid_t pid = (pid_t)atoi(text);
    if (ptrace(PTRACE_SEIZE, pid, NULL, (void *)(size_t)PTRACE_O_TRACESYSGOOD) != 0)
        fail("cannot watch", text);
    if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) != 0 || waitpid(pid, NULL, __WALL) != pid)
        fail("cannot stop", text);
    if (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) != 0)
        fail("cannot continue", text);
}

static void
say(pid_t pid)
{
    struct ptrace_syscall_info info = {0};
    ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof info, &info);
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
        printf("before call %llu\n", (unsigned long long)info.entry.nr);
    else
        printf("after a call that gave %lld\n", (long long)info.exit.rval);
}

static void
halt(pid_t pid, char **also, int count)
{
    say(pid);
    for (int i = 0; i < count; i++)
        kill((pid_t)atoi(also[i]), SIGKILL);
    kill(pid, SIGKILL);
}

int
main(int count, char **words)
{
    int pids = 2, status;
    while (pids < count && strcmp(words[pids], "also") != 0)
        watch(words[pids++]);
    printf("ready\n");
    fflush(stdout);
    for (long left = strtol(words[1], NULL, 10);;) {
        pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0)
            return 1;
        if (!WIFSTOPPED(status))
            continue;
        bool call = WSTOPSIG(status) == (SIGTRAP | 0x80);
        if (call && --left == 0) {
            halt(pid, words + pids + 1, count > pids ? count - pids - 1 : 0);
            return 0;
        }
        int signal = call || status >> 16 ? 0 : WSTOPSIG(status);
        ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(size_t)signal);
    }
}
