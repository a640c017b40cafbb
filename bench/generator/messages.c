// Messages that are identified by the number in their text.

#define _GNU_SOURCE
#include "load.h"

#include <stdlib.h>
#include <string.h>

message messages[MESSAGES];

static const char *const PROSE =
    "Bonjour! Is the kora still available, and could I come and try it on Saturday afternoon?";

static uint32_t next_number;

uint32_t message_send(connection *c) {
  uint32_t number = next_number++;
  messages[number % MESSAGES] = (message){.sent = now_ns()};
  c->protocol->say(c, number, PROSE);
  return number;
}

// The marker is mostly at the same offset as in the last payload: try that before a search.
bool message_number(const char *payload, size_t length, uint32_t *number) {
  static size_t usual;
  const char *found = NULL;
  if (usual + 10 <= length && payload[usual] == '@' && payload[usual + 1] == '#')
    found = payload + usual;
  else
    found = memmem(payload, length, "@#", 2);
  if (!found || found + 10 > payload + length)
    return false;
  usual = (size_t)(found - payload);
  char digits[9] = {0};
  memcpy(digits, found + 2, 8);
  *number = (uint32_t)strtoul(digits, NULL, 16);
  return true;
}
