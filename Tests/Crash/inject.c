// inject.c - runs a program and lets one of its calls of the system fail, be cut short, or kill it.
//
//   inject [--calls NAME,NAME...] [--at N] [--error NAME | --short | --kill] -- PROGRAM ARGUMENT...
//
// The calls that count are those that change files: opening with the right to write, writing,
// flushing to the disk, closing what was written, new names and folders, and locks. Standard output
// and error do not count. What is done to call number N (from 1) is real: a short write writes
// half, a kill comes before the call. Ends as the program does, and prints "calls N NAME peak KB"
// to the file that descriptor 9 is, if it is open: how many calls counted, which one was disturbed,
// and the most memory that the program took.
//
// For Linux on x86-64 and aarch64; ends with 77 elsewhere.

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

#include <elf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

// Which argument says what the call works on.
typedef enum { FILE_NUMBER, FLAGS_FIRST, FLAGS_SECOND, NO_FILE } place;

// A name for --calls, and the call; names may stand for several calls.
static const struct {
  const char *name;
  long number;
  place place;
} calls[] = {
#ifdef SYS_open
    {"open", SYS_open, FLAGS_FIRST},
    {"rename", SYS_rename, NO_FILE},
    {"link", SYS_link, NO_FILE},
    {"unlink", SYS_unlink, NO_FILE},
    {"mkdir", SYS_mkdir, NO_FILE},
    {"chmod", SYS_chmod, NO_FILE},
#endif
    {"open", SYS_openat, FLAGS_SECOND},
#ifdef SYS_renameat
    {"rename", SYS_renameat, NO_FILE},
#endif
    {"rename", SYS_renameat2, NO_FILE},
    {"link", SYS_linkat, NO_FILE},
    {"unlink", SYS_unlinkat, NO_FILE},
    {"mkdir", SYS_mkdirat, NO_FILE},
    {"chmod", SYS_fchmod, FILE_NUMBER},
    {"write", SYS_write, FILE_NUMBER},
    {"write", SYS_pwrite64, FILE_NUMBER},
    {"write", SYS_writev, FILE_NUMBER},
    {"fsync", SYS_fsync, FILE_NUMBER},
    {"fsync", SYS_fdatasync, FILE_NUMBER},
    {"truncate", SYS_ftruncate, FILE_NUMBER},
    {"close", SYS_close, FILE_NUMBER},
    {"lock", SYS_fcntl, FILE_NUMBER},
};

enum { CALLS = sizeof calls / sizeof *calls, MOST_FILES = 1024 };

static const struct {
  const char *name;
  int number;
} errors[] = {{"EIO", EIO},     {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EINTR", EINTR},
              {"EROFS", EROFS}, {"EACCES", EACCES}, {"EMFILE", EMFILE}, {"ENOLCK", ENOLCK}};

static const char *wanted;  // the names of --calls, or null
static long at, count;      // the call to disturb, and those so far
static int error_number, is_short, is_kill;
static const char *disturbed = "none";
static long peak;  // of memory in use, in KB


// ---- Registers ----

#ifdef __x86_64__
typedef struct user_regs_struct registers;
static unsigned long argument(const registers *r, int i) {
  return i == 0 ? r->rdi : i == 1 ? r->rsi : r->rdx;
}
static void set_third(registers *r, unsigned long value) { r->rdx = value; }
static long number_of(const registers *r) { return (long)r->orig_rax; }
static void set_result(registers *r, long value) { r->rax = (unsigned long)value; }
static void skip(pid_t thread, registers *r) {
  (void)thread;
  r->orig_rax = (unsigned long)-1;
}
#else
typedef struct user_pt_regs registers;
static unsigned long argument(const registers *r, int i) { return r->regs[i]; }
static void set_third(registers *r, unsigned long value) { r->regs[2] = value; }
static long number_of(const registers *r) { return (long)r->regs[8]; }
static void set_result(registers *r, long value) { r->regs[0] = (unsigned long)value; }
static void skip(pid_t thread, registers *r) {
  (void)r;
  int none = -1;
  struct iovec part = {&none, sizeof none};
  ptrace(PTRACE_SETREGSET, thread, NT_ARM_SYSTEM_CALL, &part);
}
#endif

static int get(pid_t thread, registers *r) {
  struct iovec part = {r, sizeof *r};
  return ptrace(PTRACE_GETREGSET, thread, NT_PRSTATUS, &part) == 0;
}

static void set(pid_t thread, registers *r) {
  struct iovec part = {r, sizeof *r};
  ptrace(PTRACE_SETREGSET, thread, NT_PRSTATUS, &part);
}

// ---- The program ----

// Stops at the calls of the table, and at nothing else.
static int filter_calls(void) {
  struct sock_filter code[2 * CALLS + 2];
  unsigned short n = 0;
  code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                           offsetof(struct seccomp_data, nr));
  for (int i = 0; i < CALLS; i++) {
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                             (unsigned)calls[i].number, 0, 1);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
  }
  code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  struct sock_fprog program = {n, code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static void run(char **command) {
  if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0 || raise(SIGSTOP) != 0 || !filter_calls()) {
    perror("inject");
    _exit(77);
  }
  close(9);
  execv(command[0], command);
  perror(command[0]);
  _exit(127);
}

// ---- Its calls ----

static int is_wanted(const char *name) {
  size_t length = strlen(name);
  for (const char *p = wanted; p != NULL; p = strchr(p, ',') != NULL ? strchr(p, ',') + 1 : NULL) {
    if (strncmp(p, name, length) == 0 && (p[length] == ',' || p[length] == '\0')) {
      return 1;
    }
  }
  return wanted == NULL;
}

// True iff the call changes files. Of a file that is closed, /proc says how it was opened.
static int changes_files(pid_t thread, int i, const registers *r) {
  if (calls[i].place == NO_FILE) {
    return 1;
  }
  if (calls[i].place != FILE_NUMBER) {
    unsigned long flags = argument(r, calls[i].place == FLAGS_FIRST ? 1 : 2);
    return (flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0;
  }
  unsigned long file = argument(r, 0);
  if (file <= STDERR_FILENO || file >= MOST_FILES) {
    return 0;
  }
  if (strcmp(calls[i].name, "lock") == 0) {
    return argument(r, 1) == F_SETLK;
  }
  if (strcmp(calls[i].name, "close") != 0) {

    return 1;
  }
  char path[64], line[64];
  unsigned flags = 0;
  snprintf(path, sizeof path, "/proc/%d/fdinfo/%lu", (int)thread, file);
  FILE *info = fopen(path, "r");
  while (info != NULL && fgets(line, sizeof line, info) != NULL) {
    sscanf(line, "flags: %o", &flags);
  }
  if (info != NULL) {
    fclose(info);
  }
  return (flags & (O_WRONLY | O_RDWR)) != 0;
}

// A thread stands before a call of the table: disturbs it if its turn has come.
static void meet(pid_t child, pid_t thread) {
  registers r;
  int found = -1;
  if (!get(thread, &r)) {
    return;
  }
  for (int i = 0; i < CALLS; i++) {
    if (calls[i].number == number_of(&r) && is_wanted(calls[i].name) &&
        changes_files(thread, i, &r)) {
      found = i;
    }
  }
  if (found < 0 || ++count != at) {
    return;
  }
  disturbed = calls[found].name;
  if (is_kill) {
    kill(child, SIGKILL);
  } else if (is_short) {
    unsigned long size = argument(&r, 2);
    set_third(&r, size > 1 ? size / 2 : size);
    set(thread, &r);
  } else if (error_number != 0) {
    // Like Linux, which closes a file even if that fails.
    if (strcmp(calls[found].name, "close") != 0) {
      skip(thread, &r);
    }
    set_result(&r, -error_number);
    set(thread, &r);
  }
}

// The most memory that a process has had, in KB, or 0.
static long read_peak(pid_t process) {
  char path[64], line[128];
  long found = 0;
  snprintf(path, sizeof path, "/proc/%d/status", (int)process);
  FILE *status = fopen(path, "r");
  while (status != NULL && fgets(line, sizeof line, status) != NULL) {
    sscanf(line, "VmHWM: %ld", &found);
  }
  if (status != NULL) {
    fclose(status);
  }
  return found;
}

// Follows the program to its end; returns its status as a shell does.
static int follow(pid_t child) {
  int status = 0;
  long options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
                 PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL;
  if (waitpid(child, &status, 0) != child || ptrace(PTRACE_SETOPTIONS, child, NULL, options) != 0) {
    perror("inject");
    return 77;
  }
  ptrace(PTRACE_CONT, child, NULL, NULL);
  for (pid_t thread; (thread = waitpid(-1, &status, __WALL)) > 0;) {
    if (thread == child && WIFEXITED(status)) {
      return WEXITSTATUS(status);
    }
    if (thread == child && WIFSIGNALED(status)) {
      return 128 + WTERMSIG(status);
    }
    if (WIFSTOPPED(status)) {
      int signal = WSTOPSIG(status), event = status >> 16;
      if (event == PTRACE_EVENT_SECCOMP) {
        meet(child, thread);
      } else if (event == PTRACE_EVENT_EXIT && thread == child) {
        peak = read_peak(child);
      }
      // A new thread stops once; a trap is ours.
      int is_ours = event != 0 || signal == SIGTRAP || signal == SIGSTOP;
      ptrace(PTRACE_CONT, thread, NULL, is_ours ? 0L : (long)signal);
    }
  }
  return 77;
}

// Reads the options; returns the number of the first argument of the program, or 0.
static int read_options(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    int has_value = i + 1 < argc;
    if (strcmp(argv[i], "--") == 0) {
      return i + 1 < argc ? i + 1 : 0;
    } else if (strcmp(argv[i], "--short") == 0) {
      is_short = 1;
    } else if (strcmp(argv[i], "--kill") == 0) {
      is_kill = 1;
    } else if (strcmp(argv[i], "--calls") == 0 && has_value) {
      wanted = argv[++i];
    } else if (strcmp(argv[i], "--at") == 0 && has_value) {
      at = atol(argv[++i]);
    } else if (strcmp(argv[i], "--error") == 0 && has_value) {
      i++;
      for (size_t k = 0; k < sizeof errors / sizeof *errors; k++) {
        error_number = strcmp(errors[k].name, argv[i]) == 0 ? errors[k].number : error_number;
      }
      if (error_number == 0) return 0;
    } else {
      return 0;
    }
  }
  return 0;
}

int main(int argc, char **argv) {
  int first = read_options(argc, argv);
  if (first == 0) {
    fprintf(stderr, "usage: inject [--calls NAME,...] [--at N] [--error NAME | --short | --kill] "
                    "-- PROGRAM ARGUMENT...\n");
    return 2;
  }
  pid_t child = fork();
  if (child == 0) {
    run(argv + first);
  }
  int status = child > 0 ? follow(child) : 77;
  if (fcntl(9, F_GETFD) != -1) {
    dprintf(9, "calls %ld %s peak %ld\n", count, disturbed, peak);
  }
  return status;
}

#else

int main(void) {
  fprintf(stderr, "inject: only for Linux on x86-64 and aarch64\n");
  return 77;
}

#endif
