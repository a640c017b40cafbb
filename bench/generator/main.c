// load --workload fanout --port 5000 --cast people.txt --phases "one=1:0:3;four=4:0:3" [--warm 0.5]
//
// A phase is name=window:rate:seconds. After connecting, and at the beginning and the end of each
// phase, one line of JSON is printed; the driver reads the server's counters then.

#define _GNU_SOURCE
#include "load.h"

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

int server_port = 5000;
int ticker = -1;
const workload *running;
phase *current;
bool measuring, in_a_hurry;

static const workload *const WORKLOADS[] = {&fanout, &sends, &hold, &rest, &mix, &storm};
static const protocol *const PROTOCOLS[] = {&socketio, &http, &chat};
static phase phases[32];
static int phase_count, at_once = 64;
static double warm = 0.5, patience = 60;

const protocol *protocol_named(const char *name) {
  for (size_t i = 0; i < sizeof PROTOCOLS / sizeof *PROTOCOLS; i++)
    if (!strcmp(PROTOCOLS[i]->name, name))
      return PROTOCOLS[i];
  fprintf(stderr, "load: not a protocol: %s\n", name);
  exit(2);
}

static double processor_seconds(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void read_phases(char *text) {
  for (char *part = strtok(text, ";"); part; part = strtok(NULL, ";")) {
    phase *p = &phases[phase_count++];
    if (sscanf(part, "%31[^=]=%lf:%lf:%lf", p->name, &p->window, &p->rate, &p->seconds) != 4) {
      fprintf(stderr, "load: not a phase: %s\n", part);
      exit(2);
    }
  }
}

static void read_options(int count, char **words) {
  static const struct option known[] = {
      {"workload", 1, 0, 'w'}, {"port", 1, 0, 'p'},  {"cast", 1, 0, 'c'},
      {"phases", 1, 0, 'f'},   {"warm", 1, 0, 'x'},  {"requests", 1, 0, 'r'},
      {"at-once", 1, 0, 'a'},  {"patience", 1, 0, 't'}, {0, 0, 0, 0}};
  int found;
  while ((found = getopt_long(count, words, "", known, NULL)) != -1) {
    if (found == 'w')
      for (size_t i = 0; i < sizeof WORKLOADS / sizeof *WORKLOADS; i++)
        running = !strcmp(WORKLOADS[i]->name, optarg) ? WORKLOADS[i] : running;
    else if (found == 'p')
      server_port = atoi(optarg);
    else if (found == 'c')
      cast_read(optarg);
    else if (found == 'f')
      read_phases(optarg);
    else if (found == 'x')
      warm = atof(optarg);
    else if (found == 'r')
      requests_read(optarg);
    else if (found == 'a')
      at_once = atoi(optarg);
    else if (found == 't')
      patience = atof(optarg);
    else
      exit(2);
  }
  if (!running || !cast_size) {
    fprintf(stderr, "load: a workload and a cast are needed\n");
    exit(2);
  }
}

static void raise_descriptor_limit(void) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

static void connect_all(void) {
  uint64_t began = now_ns(), until = began + SECONDS(patience);
  double used = processor_seconds();
  int next = 0;
  while ((next < cast_size || connecting_count) && now_ns() < until) {
    while (next < cast_size && connecting_count < at_once)
      connection_open(&cast[next++]);
    connections_step(100);
  }
  double seconds = (double)(now_ns() - began) / 1e9;
  printf("{\"at\":\"connected\",\"ready\":%d,\"lost\":%d,\"wanted\":%d,\"seconds\":%.4f,"
         "\"per_s\":%.2f,\"generator_cpu\":%.4f,\"failure\":\"%s\"}\n",
         ready_count, closed_count, cast_size, seconds, ready_count / seconds,
         (processor_seconds() - used) / seconds, ready_count == cast_size ? "" : failure);
  fflush(stdout);
  if (ready_count != cast_size)
    exit(3);
}

static void set_ticker(double rate) {
  uint64_t interval = rate > 0 ? (uint64_t)(1e9 / rate) : 0;
  struct timespec t = {.tv_sec = (time_t)(interval / 1000000000u),
                       .tv_nsec = (long)(interval % 1000000000u)};
  struct itimerspec spec = {.it_interval = t, .it_value = t};
  timerfd_settime(ticker, 0, &spec, NULL);
}

static void step_until(uint64_t until) {
  while (now_ns() < until && !(running->between && running->between()))
    connections_step(in_a_hurry ? 0 : 5);
}

static void run_phase(phase *p) {
  current = p;
  if (running->clear)
    running->clear();
  set_ticker(p->rate);
  if (running->begin)
    running->begin();
  step_until(now_ns() + SECONDS(warm));
  if (running->clear)
    running->clear();
  int lost = closed_count;
  printf("{\"at\":\"begin\",\"phase\":\"%s\"}\n", p->name);
  fflush(stdout);
  measuring = true;
  uint64_t began = now_ns(), received = bytes_received;
  double used = processor_seconds();
  step_until(began + SECONDS(p->seconds));
  double seconds = (double)(now_ns() - began) / 1e9;
  measuring = false;
  printf("{\"at\":\"end\",\"phase\":\"%s\",", p->name);
  if (running->print)
    running->print(seconds);
  printf("\"seconds\":%.4f,\"lost\":%d,\"failure\":\"%s\",\"received_mb_per_s\":%.2f,\"generator_cpu\":%.4f}\n",
         seconds, closed_count - lost, closed_count - lost ? failure : "",
         (double)(bytes_received - received) / seconds / 1e6,
         (processor_seconds() - used) / seconds);
  fflush(stdout);
  if (running->end)
    running->end();
  set_ticker(0);
  uint64_t settled = now_ns() + SECONDS(0.3); // what is still on its way arrives
  while (now_ns() < settled)
    connections_step(20);
}

int main(int count, char **words) {
  signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  ticker = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  read_options(count, words);
  connections_begin();
  connect_all();
  for (int i = 0; i < phase_count; i++)
    run_phase(&phases[i]);
  return 0;
}
