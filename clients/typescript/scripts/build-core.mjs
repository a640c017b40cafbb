// Bundles the core for publishing: ESM, with socket.io-client left to the application.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: [here("../src/index.ts")],
  outfile: here("../dist/index.js"),
  bundle: true,
  format: "esm",
  target: "es2020",
  platform: "neutral",
  sourcemap: true,
  external: ["socket.io-client"],
});
