/** An empty, migrated data folder: begun before the tests, and copied for each server that they start. */
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { PYTHON, ROOT } from "./places";
import { run } from "./run";

declare module "vitest" {
  export interface ProvidedContext {
    migrated: string;
  }
}

const [DATA, READY] = ["data", "ready"];
const PATIENCE_MS = 60_000;

/** Begins the migration without waiting for it: tests without a server start at once. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "palabre-migrated-"));
  project.provide("migrated", folder);
  const made = existsSync(PYTHON) ? migrate(folder) : Promise.resolve();
  return async () => {
    await made;
    await rm(folder, { recursive: true, force: true });
  };
}

async function migrate(folder: string): Promise<void> {
  const data = join(folder, DATA);
  await mkdir(data);
  const options = { cwd: ROOT, env: { ...process.env, DATA_DIR: data } };
  const problem = await run(PYTHON, ["-m", "flask", "--app", "wsgi", "db", "upgrade"], options).then(() => "", String);
  if (problem) console.error(problem); // and the servers will say what they lack
  await writeFile(join(folder, READY), "");
}

/** Fills a server's own data folder, as soon as there is what to fill it with. */
export async function copyMigrated(folder: string, target: string): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; !existsSync(join(folder, READY)); ) {
    if (Date.now() > end) throw new Error("The database was not migrated.");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await cp(join(folder, DATA), target, { recursive: true });
}
