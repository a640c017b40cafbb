// Group chat over XMPP (RFC 6120, XEP-0045), as far as fan-out needs it: on this machine, without TLS.
//
// The token is the name of a user whose password is "bench"; the room is a number.

#define _GNU_SOURCE
#include "load.h"

#include <string.h>

extern const workload *running;

static void say(connection *c, const char *text) { connection_write(c, text, strlen(text)); }

static void open_stream(connection *c) {
  say(c, "<?xml version='1.0'?><stream:stream to='localhost' xmlns='jabber:client' "
         "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>");
}

static void connected(connection *c) {
  c->state = UPGRADING;
  open_stream(c);
}

static void base64(const unsigned char *bytes, size_t length, char *out) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < length; i += 3) {
    uint32_t group = (uint32_t)bytes[i] << 16;
    group |= i + 1 < length ? (uint32_t)bytes[i + 1] << 8 : 0;
    group |= i + 2 < length ? bytes[i + 2] : 0;
    for (size_t digit = 0; digit < 4; digit++)
      *out++ = i + digit > length ? '=' : letters[group >> (18 - 6 * digit) & 63];
  }
  *out = 0;
}

// SASL PLAIN (RFC 4616): NUL, name, NUL, password.
static void sign_in(connection *c) {
  unsigned char plain[128];
  char encoded[200], text[400];
  size_t length = 1 + strlen(c->token);
  plain[0] = 0;
  memcpy(plain + 1, c->token, strlen(c->token));
  memcpy(plain + length, "\0bench", 6);
  base64(plain, length + 6, encoded);
  snprintf(text, sizeof text,
           "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>", encoded);
  say(c, text);
}

static void enter(connection *c) {
  char text[300];
  snprintf(text, sizeof text,
           "<presence/><presence to='room%ld@conference.localhost/%s'>"
           "<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>",
           c->room, c->token);
  say(c, text);
}

static void say_in_room(connection *c, uint32_t number, const char *prose) {
  char text[512];
  snprintf(text, sizeof text,
           "<message to='room%ld@conference.localhost' type='groupchat' id='m%u'>"
           "<body>@#%08x %s</body></message>",
           c->target, number, number, prose);
  say(c, text);
}

// The end of each step of signing in, and the stanzas that follow it.
static size_t step(connection *c, char *bytes, size_t length) {
  const char *wanted = c->state == UPGRADING || c->waits_for == 1 ? "</stream:features>"
                       : c->state == OPENING                      ? "<success"
                       : c->state == ADMITTING                    ? "</iq>"
                                                                  : "code='110'";
  if (memmem(bytes, length, "<failure", 8) || memmem(bytes, length, "type='error'", 12)) {
    connection_close(c, "the chat server refused");
    return 0;
  }
  char *found = memmem(bytes, length, wanted, strlen(wanted));
  if (!found)
    return 0;
  if (c->state == UPGRADING) {
    c->state = OPENING;
    sign_in(c);
  } else if (c->state == OPENING && c->waits_for == 0) {
    c->waits_for = 1; // for the features of the second stream
    open_stream(c);
  } else if (c->state == OPENING) {
    c->waits_for = 0;
    c->state = ADMITTING;
    say(c, "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
  } else if (c->state == ADMITTING) {
    c->state = JOINING;
    enter(c);
  } else {
    connection_ready(c);
  }
  return (size_t)(found - bytes) + strlen(wanted);
}

static size_t stanzas(connection *c, char *bytes, size_t length) {
  char *here = bytes, *end = bytes + length, *found;
  while ((found = memmem(here, (size_t)(end - here), "<message", 8))) {
    char *last = memmem(found, (size_t)(end - found), "</message>", 10);
    if (!last)
      return (size_t)(found - bytes);
    frames_received++;
    if (running->heard)
      running->heard(c, "new_message", 11, found, (size_t)(last - found));
    here = last + 10;
  }
  char *last = memrchr(here, '>', (size_t)(end - here));
  return (size_t)((last ? last + 1 : here) - bytes);
}

static size_t received(connection *c, char *bytes, size_t length) {
  size_t used = 0, more = 1;
  while (c->state != READY && c->state != CLOSED && more)
    used += more = step(c, bytes + used, length - used);
  return c->state == READY ? used + stanzas(c, bytes + used, length - used) : used;
}

const protocol chat = {
    .name = "chat", .connected = connected, .received = received, .say = say_in_room};
