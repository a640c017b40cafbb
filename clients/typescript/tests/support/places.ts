import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

// Not by URL: jsdom has one of its own.
export const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const ROOT = join(PACKAGE, "../..");
export const PYTHON = process.env["PALABRE_PYTHON"] ?? join(ROOT, ".venv", "bin", "python");
