// The official JavaScript client, driven by a test: one JSON command a line on stdin, one JSON
// object a line on stdout for everything that is heard. The driver is tests/clients/javascript.py.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(new URL("../../../clients/typescript/package.json", import.meta.url));
const { io } = require("socket.io-client");

const ACK_TIMEOUT = 10_000;
const sockets = new Map();
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const commands = {
  open({ socket, url, options }) {
    const opened = io(url, { ...options, reconnection: false, forceNew: true });
    const hear = (event, payload) => say({ socket, event, payload: payload ?? null });
    sockets.set(socket, opened);
    opened.onAny(hear);
    opened.on("connect", () => {
      const { engine } = opened.io;
      hear("transport", engine.transport.name);
      engine.on("upgrade", (transport) => hear("transport", transport.name));
    });
    opened.on("connect_error", ({ message, data }) => hear("connect_error", { message, data }));
    opened.on("disconnect", (reason) => hear("disconnect", reason));
  },
  call({ id, socket, event, payload }) {
    const answered = (error, answer) => say({ id, error: error && String(error), answer });
    sockets.get(socket).timeout(ACK_TIMEOUT).emit(event, payload, answered);
  },
  emit({ socket, event, payload }) {
    sockets.get(socket).emit(event, payload);
  },
  close({ socket }) {
    sockets.get(socket)?.disconnect(); // closing twice is no error
    sockets.delete(socket);
  },
};

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const command = JSON.parse(line);
    commands[command.do](command);
  })
  .on("close", () => process.exit(0));
