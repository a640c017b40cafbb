// A Socket.IO 5 client over WebSocket: RFC 6455, engine.io-protocol 4, socket.io-protocol 5.

#define _GNU_SOURCE
#include "load.h"

#include <stdlib.h>
#include <string.h>

extern int server_port;
extern const workload *running;

#define LARGEST_FRAME 8192 // sent by the generator

static void connected(connection *c) {
  char request[512];
  int length = snprintf(request, sizeof request,
                        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
                        "Host: 127.0.0.1:%d\r\n"
                        "Upgrade: websocket\r\n"
                        "Connection: Upgrade\r\n"
                        "Sec-WebSocket-Key: cGFsYWJyZS1iZW5jaC1sbw==\r\n"
                        "Sec-WebSocket-Version: 13\r\n\r\n",
                        server_port);
  c->state = UPGRADING;
  connection_write(c, request, (size_t)length);
}

static void send_frame(connection *c, unsigned opcode, const char *payload, size_t length) {
  static const unsigned char mask[4] = {0x5a, 0x13, 0xc4, 0x7e};
  unsigned char frame[LARGEST_FRAME + 8];
  size_t head = 2;
  frame[0] = (unsigned char)(0x80 | opcode);
  if (length < 126) {
    frame[1] = (unsigned char)(0x80 | length);
  } else {
    frame[1] = 0x80 | 126;
    frame[2] = (unsigned char)(length >> 8);
    frame[3] = (unsigned char)length;
    head = 4;
  }
  memcpy(frame + head, mask, 4);
  head += 4;
  for (size_t i = 0; i < length; i++)
    frame[head + i] = (unsigned char)payload[i] ^ mask[i & 3];
  connection_write(c, (const char *)frame, head + length);
}

void socket_send(connection *c, const char *payload, size_t length) {
  if (length > LARGEST_FRAME)
    abort();
  send_frame(c, 1, payload, length);
}

uint32_t socket_emit(connection *c, const char *event, const char *payload) {
  char packet[LARGEST_FRAME];
  uint32_t id = c->next_ack++;
  int length = snprintf(packet, sizeof packet, "42%u[\"%s\",%s]", id, event, payload);
  socket_send(c, packet, (size_t)length);
  return id;
}

static void say(connection *c, uint32_t number, const char *prose) {
  static uint64_t run; // makes client_id unique among runs
  char payload[512];
  if (!run)
    run = now_ns();
  snprintf(payload, sizeof payload,
           "{\"conversation_id\":%ld,\"client_id\":\"%llx-%u\",\"text\":\"@#%08x %s\"}", c->target,
           (unsigned long long)run, number, number, prose);
  socket_emit(c, "send_message", payload);
}

static void opened(connection *c) {
  char packet[2200];
  int length = snprintf(packet, sizeof packet, "40{\"token\":\"%s\"}", c->token);
  c->state = ADMITTING;
  socket_send(c, packet, (size_t)length);
}

static void admitted(connection *c) {
  if (!c->room) {
    connection_ready(c);
    return;
  }
  char payload[64];
  snprintf(payload, sizeof payload, "{\"conversation_id\":%ld}", c->room);
  c->state = JOINING;
  socket_emit(c, "join_conversation", payload);
}

bool is_ok(const char *payload, size_t length) {
  // Servers write {"ok":true,…} with or without a space.
  return memmem(payload, length < 24 ? length : 24, "\"ok\":true", 9) ||
         memmem(payload, length < 24 ? length : 24, "\"ok\": true", 10);
}

static void acked(connection *c, char *packet, size_t length) {
  char *rest;
  uint32_t id = (uint32_t)strtoul(packet, &rest, 10);
  size_t left = length - (size_t)(rest - packet);
  if (c->state == JOINING) {
    if (is_ok(rest, left))
      connection_ready(c);
    else
      connection_close(c, "join_conversation was refused");
  } else if (running->acked) {
    running->acked(c, id, rest, left);
  }
}

bool is_event(const char *event, size_t length, const char *name) {
  return strlen(name) == length && !memcmp(event, name, length);
}

static void remember_cursor(connection *c, const char *payload, size_t length) {
  const char *found = memmem(payload, length, "\"cursor\":", 9);
  if (found)
    c->cursor = strtol(found + 9, NULL, 10);
}

static void heard(connection *c, char *packet, size_t length) {
  if (length < 3 || packet[0] != '[' || packet[1] != '"')
    return;
  char *name = packet + 2, *end = memchr(name, '"', length - 2);
  if (!end)
    return;
  size_t name_length = (size_t)(end - name), left = length - (size_t)(end - packet);
  if (is_event(name, name_length, "ready"))
    remember_cursor(c, end, left);
  if (running->heard)
    running->heard(c, name, name_length, end, left);
}

static void packet_received(connection *c, char *packet, size_t length) {
  frames_received++;
  if (length == 0)
    return;
  if (packet[0] == '0' && c->state == OPENING)
    opened(c);
  else if (packet[0] == '2')
    socket_send(c, "3", 1);
  else if (packet[0] == '1')
    connection_close(c, "the server ended the session");
  if (packet[0] != '4' || length < 2)
    return;
  if (packet[1] == '2')
    heard(c, packet + 2, length - 2);
  else if (packet[1] == '3')
    acked(c, packet + 2, length - 2);
  else if (packet[1] == '0' && c->state == ADMITTING)
    admitted(c);
  else if (packet[1] == '4')
    connection_close(c, "the connection was refused");
  else if (packet[1] == '1')
    connection_close(c, "the server disconnected the client");
}

static size_t upgraded(connection *c, char *bytes, size_t length) {
  char *end = memmem(bytes, length, "\r\n\r\n", 4);
  if (!end)
    return 0;
  if (length < 12 || memcmp(bytes, "HTTP/1.1 101", 12)) {
    connection_close(c, "the upgrade was refused");
    return 0;
  }
  c->state = OPENING;
  return (size_t)(end + 4 - bytes);
}

// The length of a frame's header and payload, or 0 if its header is incomplete.
static size_t frame_size(const unsigned char *frame, size_t length, size_t *head) {
  if (length < 2)
    return 0;
  size_t size = frame[1] & 0x7f;
  *head = 2;
  if (size == 126) {
    if (length < 4)
      return 0;
    size = (size_t)frame[2] << 8 | frame[3];
    *head = 4;
  } else if (size == 127) {
    if (length < 10)
      return 0;
    size = 0;
    for (int i = 2; i < 10; i++)
      size = size << 8 | frame[i];
    *head = 10;
  }
  return *head + size;
}

static size_t received(connection *c, char *bytes, size_t length) {
  size_t used = c->state == UPGRADING ? upgraded(c, bytes, length) : 0;
  while (c->state > UPGRADING && c->state != CLOSED) {
    size_t head, size = frame_size((unsigned char *)bytes + used, length - used, &head);
    if (!size || size > length - used)
      break;
    char *payload = bytes + used + head;
    unsigned opcode = (unsigned char)bytes[used] & 15;
    if (opcode == 1) {
      char after = payload[size - head]; // numbers are parsed up to the first other byte
      payload[size - head] = 0;
      packet_received(c, payload, size - head);
      payload[size - head] = after;
    } else if (opcode == 8) {
      connection_close(c, "the server closed the WebSocket");
    } else if (opcode == 9) {
      send_frame(c, 10, payload, size - head);
    }
    used += size;
  }
  return used;
}

const protocol socketio = {
    .name = "socket", .connected = connected, .received = received, .say = say};
