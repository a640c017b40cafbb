// Connections that do nothing but live: for handshakes, memory and idle processor time.

#include "load.h"

static void print(double seconds) { printf("\"held_s\":%.3f,", seconds); }

const workload hold = {.name = "hold", .print = print};
