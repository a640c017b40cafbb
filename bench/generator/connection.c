// The cast, and the bytes of its connections.

#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER (4u << 20) // larger than any message a server sends here

extern int server_port, ticker;
extern const workload *running;

connection *cast;
int cast_size;
int ready_count, closed_count, connecting_count;
uint64_t bytes_received, frames_received;
const char *failure = "";

// Connections that come first have an epoll of their own, which the other epoll watches.
static int all = -1, first = -1;

void connections_begin(void) {
  all = epoll_create1(EPOLL_CLOEXEC);
  first = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = &first};
  epoll_ctl(all, EPOLL_CTL_ADD, first, &wanted);
  wanted.data.ptr = NULL;
  epoll_ctl(first, EPOLL_CTL_ADD, ticker, &wanted);
}

static int loop_of(const connection *c) {
  return running->comes_first && running->comes_first(c) ? first : all;
}

static enum role role_named(const char *name) {
  return !strcmp(name, "send") ? SEND : !strcmp(name, "extra") ? EXTRA : LISTEN;
}

// One line for each connection: protocol, role, token, room, target, separated by spaces.
void cast_read(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) {
    perror(path);
    exit(2);
  }
  char protocol[16], role[16], token[2048];
  long room, target;
  int capacity = 0;
  while (fscanf(file, "%15s %15s %2047s %ld %ld", protocol, role, token, &room, &target) == 5) {
    if (cast_size == capacity) {
      capacity = capacity ? 2 * capacity : 1024;
      cast = realloc(cast, (size_t)capacity * sizeof *cast);
    }
    connection *c = &cast[cast_size];
    memset(c, 0, sizeof *c);
    c->fd = -1;
    c->index = cast_size++;
    c->protocol = protocol_named(protocol);
    c->role = role_named(role);
    c->token = strdup(token);
    c->room = room;
    c->target = target;
  }
  fclose(file);
}

void connection_open(connection *c) {
  struct sockaddr_in server = {.sin_family = AF_INET,
                               .sin_port = htons((uint16_t)server_port),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int yes = 1;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (c->fd < 0) {
    perror("socket");
    exit(2);
  }
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  c->began = now_ns();
  c->state = CONNECTING;
  c->next_ack = 0;
  c->carried_length = 0;
  connecting_count++;
  struct epoll_event wanted = {.events = EPOLLOUT, .data.ptr = c};
  epoll_ctl(loop_of(c), EPOLL_CTL_ADD, c->fd, &wanted);
  if (connect(c->fd, (struct sockaddr *)&server, sizeof server) < 0 && errno != EINPROGRESS)
    connection_close(c, strerror(errno));
}

void connection_close(connection *c, const char *why) {
  if (c->state == CLOSED || c->state == IDLE)
    return;
  if (c->state == READY)
    ready_count--;
  else
    connecting_count--;
  c->state = CLOSED;
  closed_count++;
  failure = why;
  close(c->fd);
  if (running->lost)
    running->lost(c);
}

void connection_ready(connection *c) {
  c->state = READY;
  connecting_count--;
  ready_count++;
}

void connection_write(connection *c, const char *bytes, size_t length) {
  ssize_t written = send(c->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (written != (ssize_t)length) // what we send is small: a server that lets it pile up is stuck
    connection_close(c, "the server does not read");
}

static void connected(connection *c) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error) {
    connection_close(c, strerror(error));
    return;
  }
  struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = c};
  epoll_ctl(loop_of(c), EPOLL_CTL_MOD, c->fd, &wanted);
  c->protocol->connected(c);
}

static void keep(connection *c, const char *rest, size_t length) {
  if (length > c->carried_capacity) {
    c->carried_capacity = length + 1024;
    c->carried = realloc(c->carried, c->carried_capacity);
  }
  memmove(c->carried, rest, length);
  c->carried_length = length;
}

static void readable(connection *c) {
  static char buffer[BUFFER + 1];
  size_t before = c->carried_length;
  if (before)
    memcpy(buffer, c->carried, before);
  ssize_t got = recv(c->fd, buffer + before, BUFFER - before, MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (got <= 0) {
    connection_close(c, got == 0 ? "the server closed the connection" : strerror(errno));
    return;
  }
  bytes_received += (uint64_t)got;
  size_t length = before + (size_t)got;
  buffer[length] = 0;
  size_t used = c->protocol->received(c, buffer, length);
  if (c->state == CLOSED || c->state == CONNECTING) // it may have been opened anew already
    return;
  if (used == 0 && length == BUFFER)
    connection_close(c, "a message larger than the buffer");
  else
    keep(c, buffer + used, length - used);
}

static void tick(void) {
  uint64_t times;
  if (read(ticker, &times, sizeof times) == sizeof times && running->tick && current)
    while (times--)
      running->tick();
}

static void happened_to(connection *c) {
  if (c->state == CONNECTING)
    connected(c);
  else if (c->state != CLOSED)
    readable(c);
}

static void step_first(void) {
  struct epoll_event happened[64];
  int count = epoll_wait(first, happened, 64, 0);
  for (int i = 0; i < count; i++)
    if (happened[i].data.ptr)
      happened_to(happened[i].data.ptr);
    else
      tick();
}

void connections_step(int timeout_ms) {
  struct epoll_event happened[256];
  int count = epoll_wait(all, happened, 256, timeout_ms);
  for (int i = 0; i < count; i++) {
    if (running->comes_first || happened[i].data.ptr == &first)
      step_first();
    if (happened[i].data.ptr != &first)
      happened_to(happened[i].data.ptr);
  }
}
