// Stands between a process and its disk (LD_PRELOAD); disk-shim.ts builds it.
//
//   TRIBUNE_SYNCS=<file>  gets a line "<inode> <bytes>" for each file that was synced, with the size it had when the sync
//                         began: what a power cut would leave of it. A file that is created is worth 0 bytes until then.
//   TRIBUNE_DELAY=<file>  holds a number of milliseconds, looked at for each sync, which waits that long first.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int (*realOpen(void))(const char *, int, ...) {
  static int (*real)(const char *, int, ...);
  if (!real) real = dlsym(RTLD_NEXT, "open64");
  return real;
}

static void record(int fd, long long bytes) {
  static int journal = -1;
  struct stat64 file;
  char line[64];
  const char *path = getenv("TRIBUNE_SYNCS");
  if (!path || fstat64(fd, &file) != 0 || !S_ISREG(file.st_mode)) return;
  if (journal < 0) journal = realOpen()(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  int length = snprintf(line, sizeof line, "%llu %lld\n", (unsigned long long)file.st_ino, bytes);
  if (write(journal, line, length) != length) abort();
}

static long long sizeOf(int fd) {
  struct stat64 file;
  return fstat64(fd, &file) == 0 ? (long long)file.st_size : 0;
}

static void waitAsTold(void) {
  char text[16] = "";
  const char *path = getenv("TRIBUNE_DELAY");
  int fd = path ? realOpen()(path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0) return;
  if (read(fd, text, sizeof text - 1) > 0) usleep(atoi(text) * 1000);
  close(fd);
}

static int syncWith(const char *name, int fd) {
  int (*real)(int) = dlsym(RTLD_NEXT, name);
  waitAsTold();
  long long bytes = sizeOf(fd);
  int result = real(fd);
  if (result == 0) record(fd, bytes);
  return result;
}

int fdatasync(int fd) { return syncWith("fdatasync", fd); }
int fsync(int fd) { return syncWith("fsync", fd); }

// An inode may have been another file's before.
static int opened(int fd, int flags) {
  if (fd >= 0 && (flags & O_CREAT) && sizeOf(fd) == 0) record(fd, 0);
  return fd;
}

#define MODE_OF(flags, mode)               \
  mode_t mode = 0;                         \
  if ((flags) & (O_CREAT | O_TMPFILE)) {   \
    va_list arguments;                     \
    va_start(arguments, flags);            \
    mode = va_arg(arguments, mode_t);      \
    va_end(arguments);                     \
  }

int open64(const char *path, int flags, ...) {
  MODE_OF(flags, mode)
  return opened(realOpen()(path, flags, mode), flags);
}

int open(const char *path, int flags, ...) {
  MODE_OF(flags, mode)
  return opened(realOpen()(path, flags, mode), flags);
}
