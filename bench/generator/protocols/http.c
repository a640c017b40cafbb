// HTTP/1.1 with keep-alive: GET, and the length of the response.

#define _GNU_SOURCE
#include "load.h"

#include <stdlib.h>
#include <string.h>

extern int server_port;
extern const workload *running;

request *requests;
int request_count;

// One line per request: the name of its kind, token and path.
void requests_read(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) {
    perror(path);
    exit(2);
  }
  char kind[32], token[2048], where[512];
  int capacity = 0;
  while (fscanf(file, "%31s %2047s %511s", kind, token, where) == 3) {
    if (request_count == capacity) {
      capacity = capacity ? 2 * capacity : 1024;
      requests = realloc(requests, (size_t)capacity * sizeof *requests);
    }
    requests[request_count++] =
        (request){.kind = strdup(kind), .token = strdup(token), .path = strdup(where)};
  }
  fclose(file);
}

void http_get(connection *c, const request *wanted) {
  char text[3200];
  int length = snprintf(text, sizeof text,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: application/json\r\n"
                        "Authorization: Bearer %s\r\n\r\n",
                        wanted->path, server_port, wanted->token);
  c->busy = 1;
  c->sent = now_ns();
  connection_write(c, text, (size_t)length);
}

static size_t received(connection *c, char *bytes, size_t length) {
  char *end = memmem(bytes, length, "\r\n\r\n", 4);
  if (!end)
    return 0;
  *end = 0; // the head becomes a string
  char *found = strcasestr(bytes, "\r\ncontent-length:");
  size_t head = (size_t)(end + 4 - bytes), body = found ? strtoul(found + 17, NULL, 10) : 0;
  *end = '\r';
  if (!found) {
    connection_close(c, "an answer without Content-Length");
    return 0;
  }
  if (length < head + body)
    return 0;
  c->busy = 0;
  if (running->answered)
    running->answered(c, atoi(bytes + 9), body);
  return head + body;
}

const protocol http = {.name = "http", .connected = connection_ready, .received = received};
