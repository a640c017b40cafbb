// The limit that the kernel sets: each message is encoded once and written once per connection.
//
// It implements just enough WebSocket and Socket.IO for the generator. Nothing is checked or stored.
// It listens on PORT.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS 65536
#define BUFFER 65536

static bool upgraded[CONNECTIONS], listening[CONNECTIONS];
static int listeners[CONNECTIONS], listener_count;

static size_t frame(unsigned char *out, const char *text, size_t length) {
  size_t head = length < 126 ? 2 : 4;
  out[0] = 0x81;
  out[1] = length < 126 ? (unsigned char)length : 126;
  if (head == 4) {
    out[2] = (unsigned char)(length >> 8);
    out[3] = (unsigned char)length;
  }
  memcpy(out + head, text, length);
  return head + length;
}

static void say(int fd, const char *text) {
  unsigned char out[1024];
  size_t length = frame(out, text, strlen(text));
  if (send(fd, out, length, MSG_NOSIGNAL) < 0)
    return;
}

static void leave(int fd) {
  for (int i = 0; listening[fd] && i < listener_count; i++)
    if (listeners[i] == fd) {
      listeners[i] = listeners[--listener_count];
      break;
    }
  upgraded[fd] = listening[fd] = false;
  close(fd);
}

// The fields of a message around its text, as long as Palabre's.
static void broadcast(const char *packet) {
  const char *text = strstr(packet, "\"text\":\"");
  char json[2048];
  unsigned char out[2100];
  if (!text)
    return;
  int length = snprintf(
      json, sizeof json,
      "42[\"new_message\",{\"message\":{\"id\":1234567,\"conversation_id\":1,\"seq\":1234567,"
      "\"revision\":1795000000123456,\"client_id\":\"187b9e8c2f4a5d01-1234567\",\"sender\":{\"id\":1,"
      "\"name\":\"Person 1\"},%.*s,\"reply_to\":null,\"created_at\":\"2026-11-22T09:30:00.123Z\","
      "\"edited_at\":null,\"deleted_at\":null},\"revision\":1795000000123456}]",
      (int)(strcspn(text + 8, "\"") + 9), text);
  size_t size = frame(out, json, (size_t)length);
  for (int i = 0; i < listener_count; i++)
    if (send(listeners[i], out, size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
      continue; // a full buffer: the generator is too slow, which its report shows
}

static void packet(int fd, char *text) {
  char *end;
  if (!strncmp(text, "40", 2)) {
    say(fd, "40{\"sid\":\"limit\"}");
  } else if (!strncmp(text, "42", 2)) {
    unsigned long id = strtoul(text + 2, &end, 10);
    char ack[64];
    snprintf(ack, sizeof ack, "43%lu[{\"ok\":true,\"data\":{}}]", id);
    if (strstr(end, "join_conversation") && !listening[fd]) {
      listening[fd] = true;
      listeners[listener_count++] = fd;
    } else if (strstr(end, "send_message")) {
      broadcast(end);
    }
    say(fd, ack);
  }
}

static void frames(int fd, unsigned char *bytes, size_t length) {
  while (length >= 6) {
    size_t size = bytes[1] & 127, head = size == 126 ? 8 : 6;
    if (size == 126)
      size = (size_t)bytes[2] << 8 | bytes[3];
    if (length < head + size)
      return; // the generator's frames are small and never arrive in parts
    unsigned char *mask = bytes + head - 4, *payload = bytes + head;
    char text[BUFFER];
    for (size_t i = 0; i < size; i++)
      text[i] = (char)(payload[i] ^ mask[i & 3]);
    text[size] = 0;
    if ((bytes[0] & 15) == 1)
      packet(fd, text);
    bytes += head + size;
    length -= head + size;
  }
}

static void readable(int fd) {
  static unsigned char buffer[BUFFER + 1];
  ssize_t got = recv(fd, buffer, BUFFER, MSG_DONTWAIT);
  if (got <= 0) {
    leave(fd);
    return;
  }
  buffer[got] = 0;
  if (upgraded[fd]) {
    frames(fd, buffer, (size_t)got);
    return;
  }
  bool socket = strstr((char *)buffer, "Upgrade: websocket") != NULL;
  const char *reply = socket ? "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                               "Connection: Upgrade\r\n\r\n"
                             : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  if (send(fd, reply, strlen(reply), MSG_NOSIGNAL) < 0)
    return;
  if (!socket) {
    leave(fd);
    return;
  }
  upgraded[fd] = true;
  say(fd, "0{\"sid\":\"limit\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000,"
          "\"maxPayload\":65536}");
}

int main(void) {
  const char *port = getenv("PORT");
  struct sockaddr_in here = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)atoi(port ? port : "5000")),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int yes = 1, server = socket(AF_INET, SOCK_STREAM, 0), loop = epoll_create1(0);
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(server, (struct sockaddr *)&here, sizeof here) || listen(server, 4096)) {
    perror("limit");
    return 1;
  }
  struct epoll_event wanted = {.events = EPOLLIN, .data.fd = server}, happened[256];
  epoll_ctl(loop, EPOLL_CTL_ADD, server, &wanted);
  for (;;) {
    int count = epoll_wait(loop, happened, 256, -1);
    for (int i = 0; i < count; i++) {
      int fd = happened[i].data.fd;
      if (fd != server) {
        readable(fd);
        continue;
      }
      int made = accept4(server, NULL, NULL, SOCK_CLOEXEC);
      if (made < 0 || made >= CONNECTIONS)
        continue;
      setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      wanted.data.fd = made;
      epoll_ctl(loop, EPOLL_CTL_ADD, made, &wanted);
    }
  }
}
