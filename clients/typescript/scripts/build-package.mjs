// Builds the published package: ESM and CommonJS with types, entry points `.` and `./react`, without the peers.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const PEERS = ["socket.io-client", "react", "react/jsx-runtime", "@tanstack/react-query"];
/** Kilobytes of the core with socket.io-client, minified and compressed. */
const MOST_KB = 30;

/** `./react` imports the published core, so that each class exists once. */
const coreIsOutside = {
  name: "core-is-outside",
  setup(build) {
    build.onResolve({ filter: /^\.\.\/index$/ }, () => ({ path: "../index.js", external: true }));
  },
};

rmSync(dist, { recursive: true, force: true });
for (const format of ["esm", "cjs"]) {
  await bundle("src/index.ts", join(dist, format, "index.js"), format);
  await bundle("src/react/index.ts", join(dist, format, "react", "index.js"), format);
}
declarations();
// Inside dist/cjs, `.js` and `.d.ts` are CommonJS, unlike in the package.
writeFileSync(join(dist, "cjs", "package.json"), '{ "type": "commonjs" }\n');
await weigh();

/** One entry point in one format. */
async function bundle(entry, outfile, format) {
  const react = entry.includes("react");
  await build({
    entryPoints: [join(root, entry)],
    outfile,
    format,
    bundle: true,
    target: "es2022",
    platform: "neutral",
    sourcemap: true,
    jsx: "automatic",
    external: PEERS,
    ...(react ? { banner: { js: '"use client";' }, plugins: [coreIsOutside] } : {}),
  });
}

function declarations() {
  const out = join(dist, "cjs");
  execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", join(root, "tsconfig.build.json"), "--outDir", out], {
    stdio: "inherit",
  });
  for (const file of filesIn(out).filter((name) => name.endsWith(".d.ts"))) {
    const target = join(dist, "esm", file.slice(out.length + 1));
    mkdirSync(join(target, ".."), { recursive: true });
    cpSync(file, target);
    writeFileSync(target, withFileNames(readFileSync(target, "utf8"), dirname(file)));
  }
}

/** The text of a declaration file with the file names that ESM requires in relative imports. */
function withFileNames(text, folder) {
  return text.replace(/(from |import\()"(\.{1,2}(?:\/[^"]+)?)"/g, (_all, head, target) => {
    const isFile = existsSync(join(folder, `${target}.d.ts`));
    return `${head}"${isFile ? target : `${target.replace(/\/$/, "")}/index`}.js"`;
  });
}

function filesIn(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  });
}

async function weigh() {
  const { outputFiles } = await build({
    entryPoints: [join(root, "src/index.ts")],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    platform: "browser",
    legalComments: "none",
  });
  const kilobytes = gzipSync(outputFiles[0].contents, { level: 9 }).length / 1000;
  console.log(`the core with socket.io-client: ${kilobytes.toFixed(1)} kB compressed, at most ${MOST_KB}`);
  if (kilobytes > MOST_KB) process.exitCode = 1;
}
