/* Loaded into the server (LD_PRELOAD), notes in the order in which they happen: what is written to
 * the files of one folder, when they are flushed, and what is said on sockets.
 *
 * A write is noted after it was done, and a flush when it begins and when it has come back; what is
 * said on a socket is noted before it leaves. So whatever the trace says was on the disk before
 * something was said, was. Records are appended in one call each: their order is that of the file.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { WRITE = 1, TRUNCATE = 2, FLUSH_BEGINS = 3, FLUSH_ENDS = 4, SAY = 5, UNLINK = 6 };
enum { ELSEWHERE, IN_FOLDER, SOCKET };
enum { LONGEST_PATH = 4096, MOST_PARTS = 1024 };

struct head {
    uint32_t kind, thread, name_length, data_length;
    uint64_t nanoseconds;
    int64_t offset;
};

static int trace = -1;
static char folder[LONGEST_PATH];
static size_t folder_length;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("POWER_TRACE"), *watched = getenv("POWER_FOLDER");
    if (!path || !watched || strlen(watched) >= sizeof folder) return;
    strcpy(folder, watched);
    folder_length = strlen(folder);
    trace = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* "" is the folder itself, NULL anything outside. */
static const char *name_in_folder(const char *path) {
    if (trace < 0 || strncmp(path, folder, folder_length)) return NULL;
    if (!path[folder_length]) return path + folder_length;
    return path[folder_length] == '/' ? path + folder_length + 1 : NULL;
}

static int look(int descriptor, char *path, const char **name) {
    char link[64];
    if (trace < 0) return ELSEWHERE;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    int before = errno;
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, LONGEST_PATH - 1);
    errno = before;
    if (length < 0) return ELSEWHERE;
    path[length] = 0;
    if (!strncmp(path, "socket:", 7)) return SOCKET;
    *name = name_in_folder(path);
    return *name ? IN_FOLDER : ELSEWHERE;
}

static void note(uint32_t kind, const char *name, int64_t offset, const struct iovec *parts,
                 int count, size_t length) {
    struct timespec now;
    struct iovec record[MOST_PARTS + 2];
    int before = errno, used = 2;
    if (trace < 0) return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    struct head head = {kind, (uint32_t)syscall(SYS_gettid), (uint32_t)strlen(name), 0,
                        (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec, offset};
    record[0] = (struct iovec){&head, sizeof head};
    record[1] = (struct iovec){(void *)name, head.name_length};
    for (int i = 0; i < count && used < MOST_PARTS + 2 && length; i++) {
        size_t part = parts[i].iov_len < length ? parts[i].iov_len : length;
        record[used++] = (struct iovec){parts[i].iov_base, part};
        head.data_length += (uint32_t)part;
        length -= part;
    }
    syscall(SYS_writev, trace, record, used);
    errno = before;
}

/* --- what is said */

static void note_said(const struct iovec *parts, int count) {
    note(SAY, "", 0, parts, count, (size_t)-1);
}

ssize_t send(int descriptor, const void *data, size_t length, int flags) {
    struct iovec part = {(void *)data, length};
    note_said(&part, 1);
    return syscall(SYS_sendto, descriptor, data, length, flags, NULL, 0);
}

ssize_t sendto(int descriptor, const void *data, size_t length, int flags,
               const struct sockaddr *to, socklen_t to_length) {
    struct iovec part = {(void *)data, length};
    note_said(&part, 1);
    return syscall(SYS_sendto, descriptor, data, length, flags, to, to_length);
}

ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags) {
    note_said(message->msg_iov, (int)message->msg_iovlen);
    return syscall(SYS_sendmsg, descriptor, message, flags);
}

/* --- what is written */

static ssize_t written(long done, const char *name, int64_t offset, const struct iovec *parts,
                       int count) {
    if (done > 0) note(WRITE, name, offset, parts, count, (size_t)done);
    return done;
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    char path[LONGEST_PATH];
    const char *name = NULL;
    int where = look(descriptor, path, &name);
    int64_t offset = where == IN_FOLDER ? syscall(SYS_lseek, descriptor, 0, SEEK_CUR) : 0;
    if (where == SOCKET) note_said(parts, count);
    long done = syscall(SYS_writev, descriptor, parts, count);
    return where == IN_FOLDER ? written(done, name, offset, parts, count) : done;
}

ssize_t write(int descriptor, const void *data, size_t length) {
    struct iovec part = {(void *)data, length};
    char path[LONGEST_PATH];
    const char *name = NULL;
    int where = look(descriptor, path, &name);
    int64_t offset = where == IN_FOLDER ? syscall(SYS_lseek, descriptor, 0, SEEK_CUR) : 0;
    if (where == SOCKET) note_said(&part, 1);
    long done = syscall(SYS_write, descriptor, data, length);
    return where == IN_FOLDER ? written(done, name, offset, &part, 1) : done;
}

ssize_t pwrite64(int descriptor, const void *data, size_t length, off64_t offset) {
    struct iovec part = {(void *)data, length};
    char path[LONGEST_PATH];
    const char *name = NULL;
    long done = syscall(SYS_pwrite64, descriptor, data, length, offset);
    if (look(descriptor, path, &name) != IN_FOLDER) return done;
    return written(done, name, offset, &part, 1);
}

ssize_t pwrite(int descriptor, const void *data, size_t length, off_t offset) {
    return pwrite64(descriptor, data, length, offset);
}

int ftruncate64(int descriptor, off64_t size) {
    char path[LONGEST_PATH];
    const char *name = NULL;
    int done = (int)syscall(SYS_ftruncate, descriptor, size);
    if (!done && look(descriptor, path, &name) == IN_FOLDER) note(TRUNCATE, name, size, NULL, 0, 0);
    return done;
}

int ftruncate(int descriptor, off_t size) { return ftruncate64(descriptor, size); }

int unlink(const char *path) {
    const char *name = name_in_folder(path);
    int done = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (!done && name) note(UNLINK, name, 0, NULL, 0, 0);
    return done;
}

/* --- what is flushed */

static int flush(long call, int descriptor) {
    char path[LONGEST_PATH];
    const char *name = NULL;
    int ours = look(descriptor, path, &name) == IN_FOLDER;
    if (ours) note(FLUSH_BEGINS, name, 0, NULL, 0, 0);
    int done = (int)syscall(call, descriptor);
    if (ours && !done) note(FLUSH_ENDS, name, 0, NULL, 0, 0);
    return done;
}

int fsync(int descriptor) { return flush(SYS_fsync, descriptor); }

int fdatasync(int descriptor) { return flush(SYS_fdatasync, descriptor); }
