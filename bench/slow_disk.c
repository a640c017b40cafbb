// Preloaded into a server, delays every fsync by SLOW_DISK_MS milliseconds, as a network disk would.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void wait_a_little(void) {
  static double milliseconds = -1;
  if (milliseconds < 0) {
    const char *said = getenv("SLOW_DISK_MS");
    milliseconds = said ? atof(said) : 0;
  }
  struct timespec t = {.tv_sec = (time_t)(milliseconds / 1000),
                       .tv_nsec = (long)(milliseconds * 1e6) % 1000000000l};
  nanosleep(&t, NULL);
}

int fsync(int fd) {
  static int (*real)(int);
  if (!real)
    real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  wait_a_little();
  return real(fd);
}

int fdatasync(int fd) {
  static int (*real)(int);
  if (!real)
    real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  wait_a_little();
  return real(fd);
}
