// A reconnect storm: all listeners are cut off, reconnect at once and sync, while bystanders talk.
//
// Role listen: those who are cut off; `target` is the cursor they come back with. Roles send and
// extra: bystanders in pairs. The phase named "storm" has the storm; it ends when all have synced.
//
// What bystanders wait is to be the server's doing, not ours. So they come first here, and a few are cut
// off, and a few connect again, between two turns of our loop.

#define _GNU_SOURCE
#include "load.h"

#include <stdlib.h>
#include <string.h>

static histogram delivery, back;
static uint64_t sent_messages, heard_messages, received, pages;
static int synced, wanted, next_sender, tries;
static bool raging, cutting, stopped;
static uint64_t began, over;
static int *to_open, to_open_count, next_cut;

#define AT_A_TIME 8

static bool is_away(const connection *c) { return c->protocol == &socketio && c->role == LISTEN; }

static bool comes_first(const connection *c) { return c->role != LISTEN; }

static void begin(void) {
  stopped = false;
  in_a_hurry = cutting = !strcmp(current->name, "storm");
  synced = wanted = to_open_count = next_cut = 0;
  to_open = realloc(to_open, (size_t)cast_size * sizeof *to_open);
}

static void end(void) { stopped = true; }

static void cut_some(void) {
  for (int cut = 0; cut < AT_A_TIME && next_cut < cast_size; next_cut++)
    if (is_away(&cast[next_cut])) {
      connection_close(&cast[next_cut], "cut off on purpose");
      cast[next_cut].cursor = cast[next_cut].target;
      to_open[to_open_count++] = next_cut;
      wanted++;
      cut++;
    }
  if (next_cut < cast_size)
    return;
  cutting = false;
  began = now_ns();
  over = 0;
  raging = true;
}

// Outside of the loop's turn: a connection opened anew must not meet events of its former life.
static bool between(void) {
  if (cutting)
    cut_some();
  for (int opened = 0; raging && to_open_count && opened < AT_A_TIME; opened++)
    connection_open(&cast[to_open[--to_open_count]]);
  in_a_hurry = cutting || (raging && to_open_count);
  return raging && over;
}

static void lost(connection *c) {
  if (!raging || over || !is_away(c))
    return;
  tries++;
  if (c->began >= began) // refused while coming back: it tries again
    to_open[to_open_count++] = c->index;
}

static void ask(connection *c) {
  char payload[64];
  snprintf(payload, sizeof payload, "{\"after\":%ld}", c->cursor);
  c->waits_for = socket_emit(c, "sync", payload);
}

static void tick(void) {
  for (int tried = 0; !stopped && tried < cast_size; tried++) {
    connection *c = &cast[next_sender++ % cast_size];
    if (c->role == SEND && c->state == READY) {
      message_send(c);
      sent_messages++;
      return;
    }
  }
}

static void page(connection *c, const char *payload, size_t length) {
  const char *cursor = memmem(payload, length, "\"cursor\":", 9);
  received += length;
  pages++;
  if (!cursor || !is_ok(payload, length)) {
    connection_close(c, "sync was refused");
    return;
  }
  c->cursor = strtol(cursor + 9, NULL, 10);
  if (memmem(payload, length, "\"has_more\":true", 15)) {
    ask(c);
    return;
  }
  histogram_add(&back, now_ns() - began);
  if (++synced == wanted)
    over = now_ns();
}

static void acked(connection *c, uint32_t id, const char *payload, size_t length) {
  if (raging && is_away(c) && id == c->waits_for)
    page(c, payload, length);
}

static void heard(connection *c, const char *event, size_t event_length, const char *payload,
                  size_t length) {
  uint32_t number;
  if (is_event(event, event_length, "ready") && raging && is_away(c)) {
    c->cursor = c->target;
    ask(c);
  } else if (c->role == EXTRA && is_event(event, event_length, "new_message") &&
             message_number(payload, length, &number)) {
    heard_messages++;
    if (measuring)
      histogram_add(&delivery, now_ns() - messages[number % MESSAGES].sent);
  }
}

static void clear(void) {
  histogram_clear(&delivery);
  sent_messages = heard_messages = 0;
}

static void print(double seconds) {
  printf("\"bystander_messages_per_s\":%.1f,\"bystander_heard\":%llu,", (double)sent_messages / seconds,
         (unsigned long long)heard_messages);
  if (raging)
    printf("\"wanted\":%d,\"synced\":%d,\"all_synced_s\":%.3f,\"tries_again\":%d,\"sync_pages\":%llu,"
           "\"sync_mb\":%.2f,",
           wanted, synced, (double)((over ? over : now_ns()) - began) / 1e9, tries,
           (unsigned long long)pages, (double)received / 1e6);
  histogram_print("delivery", &delivery);
  histogram_print("back", &back);
}

const workload storm = {.name = "storm",
                        .begin = begin,
                        .end = end,
                        .tick = tick,
                        .lost = lost,
                        .acked = acked,
                        .heard = heard,
                        .clear = clear,
                        .print = print,
                        .between = between,
                        .comes_first = comes_first};
