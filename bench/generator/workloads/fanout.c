// Fan-out: all connections have joined one conversation and receive what its senders write.
//
// As fast as possible: `window` messages are in flight; one that all have heard is replaced by the
// next. Paced: `rate` messages a second, delivered or not.

#include "load.h"

static histogram delivery, ack;
static uint64_t deliveries, completed, acks, refusals;
static int in_flight, listeners;
static bool stopped;
static connection *sender;

static void send_one(void) {
  in_flight++;
  message_send(sender);
}

static void fill(void) {
  while (!stopped && current->rate == 0 && in_flight < (int)current->window)
    send_one();
}

static void begin(void) {
  stopped = false;
  in_flight = listeners = 0;
  for (int i = 0; i < cast_size; i++) {
    listeners += cast[i].state == READY && cast[i].room != 0;
    if (cast[i].role == SEND)
      sender = &cast[i];
  }
  fill();
}

static void end(void) { stopped = true; }

static void tick(void) {
  if (!stopped && current->rate > 0)
    send_one();
}

static void heard(connection *c, const char *event, size_t event_length, const char *payload,
                  size_t length) {
  (void)c;
  uint32_t number;
  if (!is_event(event, event_length, "new_message") || !message_number(payload, length, &number))
    return;
  message *m = &messages[number % MESSAGES];
  deliveries++;
  if (measuring)
    histogram_add(&delivery, now_ns() - m->sent);
  if (++m->heard == (uint32_t)listeners) {
    completed++;
    in_flight--;
    fill();
  }
}

static void acked(connection *c, uint32_t id, const char *payload, size_t length) {
  (void)c, (void)id;
  acks++;
  if (!is_ok(payload, length))
    refusals++;
  uint32_t number;
  if (measuring && message_number(payload, length, &number))
    histogram_add(&ack, now_ns() - messages[number % MESSAGES].sent);
}

static void clear(void) {
  histogram_clear(&delivery);
  histogram_clear(&ack);
  deliveries = completed = acks = refusals = 0;
}

static void print(double seconds) {
  printf("\"deliveries_per_s\":%.1f,\"messages_per_s\":%.2f,\"acks\":%llu,\"refusals\":%llu,",
         (double)deliveries / seconds, (double)completed / seconds, (unsigned long long)acks,
         (unsigned long long)refusals);
  histogram_print("delivery", &delivery);
  histogram_print("ack", &ack);
}

const workload fanout = {.name = "fanout",
                         .begin = begin,
                         .end = end,
                         .tick = tick,
                         .heard = heard,
                         .acked = acked,
                         .clear = clear,
                         .print = print};
