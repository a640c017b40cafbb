// The load generator: one thread, one epoll, thousands of Socket.IO connections.
//
// It reads a cast (users, tokens and roles), opens a connection for each, and runs the
// phases of one workload. Lines of JSON on its standard output say what it measured.

#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// --- time, in nanoseconds of the monotonic clock

uint64_t now_ns(void);
#define SECONDS(s) ((uint64_t)((s) * 1e9))

// --- histogram of durations: 64 steps to each power of two of a microsecond, so 1.6 % apart

#define HISTOGRAM_SLOTS 2048
typedef struct {
  uint64_t count, sum_us, max_us;
  uint64_t slots[HISTOGRAM_SLOTS];
} histogram;

void histogram_clear(histogram *h);
void histogram_add(histogram *h, uint64_t ns);
double histogram_ms(const histogram *h, double share);
void histogram_print(const char *name, const histogram *h); // as a member of a JSON object

// --- connections

enum state { IDLE, CONNECTING, UPGRADING, OPENING, ADMITTING, JOINING, READY, CLOSED };
enum role { LISTEN, SEND, EXTRA };

typedef struct protocol protocol;

typedef struct {
  int fd;
  const protocol *protocol;
  uint8_t state, role;
  uint8_t busy;         // HTTP: a request is on its way
  int index;            // its line in the cast
  char *token;          // the access token; XMPP: the user's name
  long room;            // joined after connecting, unless 0
  long target;          // the conversation it sends to
  uint32_t next_ack;    // the id of its next event
  uint32_t waits_for;   // what a workload remembers until the answer comes
  uint64_t began, sent; // when connecting began; when the last request left
  long cursor;          // from `ready`
  char *carried;        // bytes of a message that has not arrived whole
  size_t carried_length, carried_capacity;
} connection;

extern connection *cast;
extern int cast_size;
extern int ready_count, closed_count, connecting_count;
extern uint64_t bytes_received, frames_received;
extern const char *failure; // why the last connection was lost

void cast_read(const char *path);
void connection_open(connection *c);
void connection_close(connection *c, const char *why);
void connection_ready(connection *c);
void connection_write(connection *c, const char *bytes, size_t length);
void connections_begin(void);
void connections_step(int timeout_ms); // wait for events and handle them

// --- protocols: what a connection speaks

struct protocol {
  const char *name;                                               // its word in the cast
  void (*connected)(connection *c);                               // TCP is open: shake hands
  size_t (*received)(connection *c, char *bytes, size_t length);  // returns the bytes used up
  void (*say)(connection *c, uint32_t number, const char *prose); // NULL: carries no messages
};

extern const protocol socketio, http, chat; // Socket.IO over WebSocket, plain HTTP, XMPP
const protocol *protocol_named(const char *name); // exits if there is none

// Socket.IO (socketio.c)
void socket_send(connection *c, const char *payload, size_t length);
uint32_t socket_emit(connection *c, const char *event, const char *payload); // returns the ack's id

// HTTP (http.c)
typedef struct {
  char *token, *path, *kind;
} request;
extern request *requests;
extern int request_count;
void requests_read(const char *path);
void http_get(connection *c, const request *wanted);

// --- messages, known by the number in their text

#define MESSAGES (1u << 20) // remembered at a time
typedef struct {
  uint64_t sent;
  uint32_t heard;
} message;
extern message messages[MESSAGES];

uint32_t message_send(connection *c); // a message with a marked text; returns its number
bool message_number(const char *payload, size_t length, uint32_t *number);

// --- workloads

typedef struct {
  double window, rate, seconds; // window: in flight, or senders at a time; rate: 0 is "as fast as possible"
  char name[32];
} phase;
extern phase *current;

typedef struct {
  const char *name;
  void (*begin)(void); // the phase begins
  void (*end)(void);   // nothing new is to be sent
  void (*tick)(void);  // `rate` times a second
  void (*acked)(connection *c, uint32_t id, const char *payload, size_t length);
  void (*heard)(connection *c, const char *event, size_t event_length, const char *payload, size_t length);
  void (*answered)(connection *c, int status, size_t length);
  void (*lost)(connection *c);
  void (*clear)(void);  // forget what the warm-up counted
  void (*print)(double seconds); // members of a JSON object, each followed by a comma
  bool (*between)(void); // called between turns of the loop; true ends the phase
  // Connections whose events are handled, like ticks, before each event of the rest. NULL: none.
  bool (*comes_first)(const connection *c);
} workload;

extern const workload fanout, sends, hold, rest, mix, storm;
extern bool measuring;
extern bool in_a_hurry; // `between` has more to do: do not wait for events

bool is_event(const char *event, size_t length, const char *name);
bool is_ok(const char *payload, size_t length);

#endif
