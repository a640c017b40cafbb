// REST reads: keep-alive connections, each of which sends its next request after a response.
//
// A phase sends the requests whose kind is its own name; `window` connections take part.

#include "load.h"

#include <string.h>

static histogram answer;
static uint64_t answers, refusals, bytes;
static int next;
static bool stopped;

static void ask(connection *c) {
  for (int tried = 0; tried < request_count; tried++) {
    const request *r = &requests[next++ % request_count];
    if (!strcmp(r->kind, current->name)) {
      http_get(c, r);
      return;
    }
  }
}

static void begin(void) {
  stopped = false;
  int started = 0;
  for (int i = 0; i < cast_size && started < (int)current->window; i++)
    if (cast[i].protocol == &http && cast[i].state == READY && !cast[i].busy) {
      ask(&cast[i]);
      started++;
    }
}

static void end(void) { stopped = true; }

static void answered(connection *c, int status, size_t length) {
  answers++;
  bytes += length;
  if (status != 200)
    refusals++;
  if (measuring)
    histogram_add(&answer, now_ns() - c->sent);
  if (!stopped)
    ask(c);
}

static void clear(void) {
  histogram_clear(&answer);
  answers = refusals = bytes = 0;
}

static void print(double seconds) {
  printf("\"answers_per_s\":%.1f,\"refusals\":%llu,\"bytes_an_answer\":%.0f,", (double)answers / seconds,
         (unsigned long long)refusals, answers ? (double)bytes / (double)answers : 0.0);
  histogram_print("answer", &answer);
}

const workload rest = {.name = "rest",
                       .begin = begin,
                       .end = end,
                       .answered = answered,
                       .clear = clear,
                       .print = print};
