// The official JavaScript client against the transport's test application.
// Usage: node client.mjs <url>; prints one JSON object of what it saw.
import { createRequire } from "node:module";

const require = createRequire(new URL("../../clients/typescript/package.json", import.meta.url));
const { io } = require("socket.io-client");
const url = process.argv[2];
const seen = {};

const once = (emitter, event) => new Promise((resolve) => emitter.once(event, resolve));

function open(options = {}) {
  return io(url, { reconnectionDelay: 50, forceNew: true, ...options });
}

async function upgrade() {
  const socket = open();
  const upgraded = once(socket.io.engine, "upgrade");
  seen.first = socket.io.engine.transport.name;
  const heard = [];
  socket.on("heard", (number) => heard.push(number));
  // Sent before, during and after the handover: nothing may be lost or overtake.
  let number = 0;
  const sending = setInterval(() => socket.emit("number", number++, 0), 1);
  await Promise.all([upgraded, once(socket, "connect")]);
  seen.then = socket.io.engine.transport.name;
  await socket.emitWithAck("echo", null);
  clearInterval(sending);
  await socket.emitWithAck("echo", null);
  seen.inOrder = heard.length === number && heard.every((value, index) => value === index);
  seen.large = (await socket.emitWithAck("echo", "é".repeat(30000))).length;
  return socket;
}

async function closedByTheServer(socket) {
  const ended = once(socket, "session_ended");
  const left = once(socket, "disconnect");
  const back = once(socket.io, "reconnect");
  socket.emit("close_me");
  seen.ended = await ended;
  seen.reason = await left;
  await back;
  seen.echoAfterReconnect = await socket.emitWithAck("echo", 42);
  socket.disconnect();
}

async function pollingAlone() {
  const socket = open({ transports: ["polling"] });
  await once(socket, "connect");
  seen.polling = await Promise.all([1, 2, 3].map((value) => socket.emitWithAck("echo", value)));
  socket.disconnect();
}

async function refused() {
  // A string is not what clients send as `auth`, but the test application only knows this one.
  const socket = open({ auth: (give) => give("wrong"), reconnection: false });
  seen.refused = (await once(socket, "connect_error")).message;
  socket.disconnect();
}

await closedByTheServer(await upgrade());
await pollingAlone();
await refused();
console.log(JSON.stringify(seen));
process.exit(0);
