// Idle connections, to measure handshakes, memory and CPU time while idle.

#include "load.h"

static void print(double seconds) { printf("\"held_s\":%.3f,", seconds); }

const workload hold = {.name = "hold", .print = print};
