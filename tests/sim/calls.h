/* SPDX-License-Identifier: ISC */
/*
 * calls - the system as the supervisor sees it.  The linker leads each call of it that is
 * listed here to a function of ours (--wrap), in calls.c (descriptors), files.c (names
 * of files) and system.c (processes, signals, time, memory).
 */
#ifndef SIM_CALLS_H
#define SIM_CALLS_H

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

void calls_begin(void);

ssize_t __wrap_read(int fd, void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t len);
ssize_t __wrap_writev(int fd, const struct iovec *parts, int count);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags);
int __wrap_poll(struct pollfd *polls, nfds_t count, int timeout);
int __wrap_pipe2(int ends[2], int flags);
int __wrap_close(int fd);
int __wrap_dup2(int fd, int to);
int __wrap_fcntl(int fd, int command, ...);
int __wrap_ioctl(int fd, unsigned long request, ...);
int __wrap_isatty(int fd);
ssize_t
__wrap_splice(int in, off_t *in_at, int out, off_t *out_at, size_t len, unsigned flags);
ssize_t __wrap_tee(int in, int out, size_t len, unsigned flags);
off_t __wrap_lseek(int fd, off_t at, int whence);
ssize_t __wrap_pread(int fd, void *data, size_t size, off_t at);
int __wrap_ftruncate(int fd, off_t size);
int __wrap_posix_fallocate(int fd, off_t at, off_t len);
int __wrap_open(const char *path, int flags, ...);
int __wrap___open_2(const char *path, int flags);
int __wrap_openat(int folder, const char *path, int flags, ...);
int __wrap_fstat(int fd, struct stat *st);
int __wrap_stat(const char *path, struct stat *st);
int __wrap_lstat(const char *path, struct stat *st);
int __wrap_fstatat(int folder, const char *path, struct stat *st, int flags);
int __wrap_access(const char *path, int mode);
int __wrap_unlink(const char *path);
int __wrap_unlinkat(int folder, const char *path, int flags);
int __wrap_rename(const char *from, const char *to);
int __wrap_link(const char *from, const char *to);
int __wrap_mkfifo(const char *path, mode_t mode);
int __wrap_mkstemp(char *path);
int __wrap_fsync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_flock(int fd, int operation);
ssize_t __wrap_readlink(const char *path, char *text, size_t size);
DIR *__wrap_opendir(const char *path);
FILE *__wrap_fopen(const char *path, const char *mode);
void *__wrap_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset);
long __wrap_sysconf(int name);
int __wrap_getentropy(void *data, size_t len);
int __wrap_setrlimit(int resource, const struct rlimit *limit);
int __wrap_clone(int (*call)(void *), void *stack, int flags, void *arg, ...);
int __wrap_execvp(const char *name, char *const *argv);
pid_t __wrap_getpid(void);
pid_t __wrap_getppid(void);
int __wrap_setpgid(pid_t pid, pid_t group);
pid_t __wrap_getpgid(pid_t pid);
int __wrap_prctl(int option, ...);
int __wrap_kill(pid_t pid, int number);
pid_t __wrap_waitpid(pid_t pid, int *status, int options);
int __wrap_waitid(idtype_t type, id_t id, siginfo_t *info, int options);
int __wrap_sigaction(int number, const struct sigaction *action, struct sigaction *old);
int __wrap_sigprocmask(int how, const sigset_t *set, sigset_t *old);
int __wrap_sigpending(sigset_t *set);
int __wrap_raise(int number);
unsigned __wrap_alarm(unsigned seconds);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
_Noreturn void __wrap_exit(int status);
_Noreturn void __wrap__exit(int status);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void (*__wrap_signal(int number, void (*handler)(int)))(int);

#endif
