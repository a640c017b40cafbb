// Clocks and histograms.

#include "load.h"

#include <string.h>
#include <time.h>

#define STEPS 64 // per power of two
#define SHIFT 6

uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

// Below 64 µs a slot is a microsecond; above, each power of two has 64 slots.
static unsigned slot_of(uint64_t us) {
  if (us < STEPS)
    return (unsigned)us;
  unsigned power = 63u - (unsigned)__builtin_clzll(us);
  unsigned slot = (power - SHIFT + 1) * STEPS + (unsigned)((us >> (power - SHIFT)) - STEPS);
  return slot < HISTOGRAM_SLOTS ? slot : HISTOGRAM_SLOTS - 1;
}

static double middle_of(unsigned slot) {
  if (slot < STEPS)
    return slot;
  unsigned power = slot / STEPS - 1;
  return ((double)(STEPS + slot % STEPS) + 0.5) * (double)(1ull << power);
}

void histogram_clear(histogram *h) { memset(h, 0, sizeof *h); }

void histogram_add(histogram *h, uint64_t ns) {
  uint64_t us = ns / 1000;
  h->count++;
  h->sum_us += us;
  if (us > h->max_us)
    h->max_us = us;
  h->slots[slot_of(us)]++;
}

double histogram_ms(const histogram *h, double share) {
  uint64_t wanted = (uint64_t)(share * (double)h->count), seen = 0;
  for (unsigned slot = 0; slot < HISTOGRAM_SLOTS; slot++) {
    seen += h->slots[slot];
    if (seen > wanted)
      return middle_of(slot) / 1000;
  }
  return (double)h->max_us / 1000;
}

void histogram_print(const char *name, const histogram *h) {
  double mean = h->count ? (double)h->sum_us / (double)h->count / 1000 : 0;
  printf("\"%s_count\":%llu,\"%s_mean_ms\":%.3f,\"%s_p50_ms\":%.3f,\"%s_p99_ms\":%.3f,\"%s_max_ms\":%.3f,",
         name, (unsigned long long)h->count, name, mean, name, histogram_ms(h, .5), name,
         histogram_ms(h, .99), name, (double)h->max_us / 1000);
}
