// A marketplace: of a hundred operations eighty read by REST, fifteen send, five mark something as
// read or announce typing. `window` operations are under way at any time.

#include "load.h"

#include <stdlib.h>

enum operation { NOTHING, SENDS, MARKS, TYPES };

static histogram reads, sent, small;
static uint64_t operations, refusals, told;
static bool stopped;
static int next_request, next_http, next_socket;

static connection *idle(const protocol *spoken, int *next) {
  for (int tried = 0; tried < cast_size; tried++) {
    connection *c = &cast[(*next)++ % cast_size];
    if (c->protocol == spoken && c->state == READY && !c->busy)
      return c;
  }
  return NULL;
}

static void read_something(void) {
  connection *c = idle(&http, &next_http);
  if (c)
    http_get(c, &requests[next_request++ % request_count]);
}

static void do_by_socket(enum operation what) {
  next_socket += rand() % 97; // not always the same neighbours
  connection *c = idle(&socketio, &next_socket);
  if (!c)
    return;
  char payload[96];
  c->busy = 1;
  c->waits_for = what;
  c->sent = now_ns();
  if (what == SENDS) {
    message_send(c);
    return;
  }
  snprintf(payload, sizeof payload,
           what == MARKS ? "{\"conversation_id\":%ld}" : "{\"conversation_id\":%ld,\"is_typing\":true}",
           c->target);
  socket_emit(c, what == MARKS ? "mark_messages_read" : "typing", payload);
}

static void start_one(void) {
  int drawn = rand() % 100;
  if (drawn < 80)
    read_something();
  else if (drawn < 95)
    do_by_socket(SENDS);
  else
    do_by_socket(drawn < 98 ? MARKS : TYPES);
}

static void begin(void) {
  stopped = false;
  for (int i = 0; i < (int)current->window; i++)
    start_one();
}

static void end(void) { stopped = true; }

static void finished(connection *c, histogram *h, bool good) {
  operations++;
  c->busy = 0;
  if (!good)
    refusals++;
  if (measuring)
    histogram_add(h, now_ns() - c->sent);
  if (!stopped)
    start_one();
}

static void answered(connection *c, int status, size_t length) {
  (void)length;
  finished(c, &reads, status == 200);
}

static void acked(connection *c, uint32_t id, const char *payload, size_t length) {
  (void)id;
  finished(c, c->waits_for == SENDS ? &sent : &small, is_ok(payload, length));
}

static void heard(connection *c, const char *event, size_t event_length, const char *payload,
                  size_t length) {
  (void)c, (void)event, (void)event_length, (void)payload, (void)length;
  told++;
}

static void clear(void) {
  histogram_clear(&reads);
  histogram_clear(&sent);
  histogram_clear(&small);
  operations = refusals = told = 0;
}

static void print(double seconds) {
  printf("\"operations_per_s\":%.1f,\"events_per_s\":%.1f,\"refusals\":%llu,",
         (double)operations / seconds, (double)told / seconds, (unsigned long long)refusals);
  histogram_print("read", &reads);
  histogram_print("ack", &sent);
  histogram_print("small", &small);
}

const workload mix = {.name = "mix",
                      .begin = begin,
                      .end = end,
                      .answered = answered,
                      .acked = acked,
                      .heard = heard,
                      .clear = clear,
                      .print = print};
