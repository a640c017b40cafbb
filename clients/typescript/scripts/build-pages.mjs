// Bundles the rendered pages' script into app/static/build/, where the server finds it.
import { gzipSync } from "node:zlib";
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
/** Kilobytes that a page's script may weigh, compressed. */
const MOST_KB = 60;
const outfile = here("../../../app/static/build/pages.js");

mkdirSync(here("../../../app/static/build"), { recursive: true });
await build({
  entryPoints: [here("../../pages/src/main.ts")],
  outfile,
  bundle: true,
  minify: true,
  sourcemap: true,
  format: "esm",
  target: "es2020",
  platform: "browser",
  legalComments: "none",
  alias: { "@palabre/client": here("../src/index.ts") },
  nodePaths: [here("../node_modules")],
});
const kilobytes = gzipSync(readFileSync(outfile), { level: 9 }).length / 1000;
console.log(`app/static/build/pages.js: ${kilobytes.toFixed(1)} kB compressed, at most ${MOST_KB}`);
if (kilobytes > MOST_KB) process.exitCode = 1;
