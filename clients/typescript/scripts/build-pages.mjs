// Bundles the rendered pages' script into app/static/build/, where the server finds it.
import { gzipSync } from "node:zlib";
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
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
const bytes = gzipSync(readFileSync(outfile), { level: 9 }).length;
console.log(`app/static/build/pages.js: ${(bytes / 1024).toFixed(1)} kB compressed`);
