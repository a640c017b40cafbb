// Durable sends: each sender waits for the acknowledgement of one message before the next.
//
// The recipients are connected and have not joined: they hear a notification. `window` is how many
// of the senders take part. The rest of the cast is connected and silent.

#include "load.h"

static histogram ack, notification;
static uint64_t acks, refusals, notifications;
static bool stopped;

static void begin(void) {
  stopped = false;
  int started = 0;
  for (int i = 0; i < cast_size && started < (int)current->window; i++)
    if (cast[i].role == SEND && cast[i].state == READY) {
      message_send(&cast[i]);
      started++;
    }
}

static void end(void) { stopped = true; }

static void acked(connection *c, uint32_t id, const char *payload, size_t length) {
  (void)id;
  uint32_t number;
  acks++;
  if (!is_ok(payload, length))
    refusals++;
  else if (measuring && message_number(payload, length, &number))
    histogram_add(&ack, now_ns() - messages[number % MESSAGES].sent);
  if (!stopped)
    message_send(c);
}

static void heard(connection *c, const char *event, size_t event_length, const char *payload,
                  size_t length) {
  (void)c;
  uint32_t number;
  if (!is_event(event, event_length, "message_notification"))
    return;
  notifications++;
  if (measuring && message_number(payload, length, &number))
    histogram_add(&notification, now_ns() - messages[number % MESSAGES].sent);
}

static void clear(void) {
  histogram_clear(&ack);
  histogram_clear(&notification);
  acks = refusals = notifications = 0;
}

static void print(double seconds) {
  printf("\"acks_per_s\":%.1f,\"notifications_per_s\":%.1f,\"refusals\":%llu,",
         (double)acks / seconds, (double)notifications / seconds, (unsigned long long)refusals);
  histogram_print("ack", &ack);
  histogram_print("notification", &notification);
}

const workload sends = {.name = "sends",
                        .begin = begin,
                        .end = end,
                        .heard = heard,
                        .acked = acked,
                        .clear = clear,
                        .print = print};
