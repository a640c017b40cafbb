/** The published package: packed, installed beside its peers, imported as ESM and CommonJS, type-checked in both. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PACKAGE } from "./support/places";
import { run } from "./support/run";

const PEERS = ["socket.io-client", "react", "react-dom", "@tanstack/react-query", "@types/react", "@types/react-dom"];

/** Uses the package as an application does; `import` in both, for TypeScript compiles it to what the file's ending asks. */
const CONSUMER = `
import { createSocketClient, LocalTokenStorage, MemoryTokenStorage, MessagingSocketClient, PalabreError, type Marketplace, type Talemy } from "@palabre/client";
import { SocketProvider, socketKeys, useSocket } from "@palabre/client/react";

const messaging = new MessagingSocketClient({ serverUrl: "http://127.0.0.1:1", tokenStorage: new MemoryTokenStorage(), tabs: null });
const undo: () => void = messaging.on("new_message", ({ message }) => { const text: string | null = message.text; void text; });
undo();
// @ts-expect-error: there is no such event
messaging.on("new_massage", () => undefined);
const socket = createSocketClient({ serverUrl: "http://127.0.0.1:1", tokenStorage: new MemoryTokenStorage(), tabs: null });
socket.on("message:new", ({ conversationId, unreadCount }: Talemy.ServerEvents["message:new"]) => void (conversationId + unreadCount));
const price: Marketplace.Product["price"] = null;
const key: readonly ["palabre", "messages", number] = socketKeys.messages(7);
const use: () => { isConnected: boolean; sendMessage: (conversationId: number, text: string) => unknown } = useSocket;
void [price, key, use, LocalTokenStorage];
console.log([typeof SocketProvider, typeof useSocket, messaging.status, socket.status, new PalabreError("network", "x") instanceof Error].join(" "));
messaging.disconnect();
`;

describe("the published package", () => {
  const folder = mkdtempSync(join(tmpdir(), "palabre-package-"));
  let files: string[];

  beforeAll(async () => {
    await run(process.execPath, ["scripts/build-package.mjs"], { cwd: PACKAGE });
    const pack = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
    const [packed] = JSON.parse(await run("npm", pack, { cwd: PACKAGE })) as Array<{
      filename: string;
      files: Array<{ path: string }>;
    }>;
    files = packed?.files.map(({ path }) => path) ?? [];
    const installed = join(folder, "node_modules", "@palabre", "client");
    mkdirSync(installed, { recursive: true });
    await run("tar", ["-xzf", join(folder, packed?.filename ?? ""), "--strip-components=1", "-C", installed]);
    for (const peer of PEERS) {
      mkdirSync(dirname(join(folder, "node_modules", peer)), { recursive: true });
      symlinkSync(join(PACKAGE, "node_modules", peer), join(folder, "node_modules", peer));
    }
    for (const ending of ["mts", "cts"]) writeFileSync(join(folder, `consumer.${ending}`), CONSUMER);
    writeFileSync(join(folder, "package.json"), '{ "private": true }');
    const options = { strict: true, module: "Node16", target: "ES2022", lib: ["ES2022", "DOM"], types: [], jsx: "react-jsx", outDir: "out", skipLibCheck: false };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["consumer.mts", "consumer.cts"] }));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("holds what is built, and nothing of how it is made", () => {
    expect(files).toContain("dist/esm/react/index.js");
    expect(files).toContain("README.md");
    expect(files.filter((path) => /^(src|tests|scripts)\//.test(path))).toEqual([]);
  });

  it("has types that fit, and runs, as ESM and as CommonJS", async () => {
    await run(process.execPath, [join(PACKAGE, "node_modules/typescript/bin/tsc"), "-p", folder]);
    const said = await Promise.all(["mjs", "cjs"].map((ending) => run(process.execPath, [join("out", `consumer.${ending}`)], { cwd: folder })));
    expect(said.map((line) => line.trim())).toEqual(["function function stopped stopped true", "function function stopped stopped true"]);
  }, 120_000);
});
