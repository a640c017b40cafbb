/** The types are the server's: a schema that changed must be generated anew. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { canServe } from "./live/server";

describe.skipIf(!canServe)("the generated types", () => {
  it("are what the server's schemas say today", () => {
    const script = fileURLToPath(new URL("../scripts/generate-types.mjs", import.meta.url));
    const { status, stderr } = spawnSync("node", [script, "--check"], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  }, 30_000);
});
