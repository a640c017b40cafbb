/** The types are the server's: a schema that changed must be generated anew. */
import { join } from "node:path";
import { describe, it } from "vitest";
import { canServe } from "./live/server";
import { PACKAGE } from "./support/places";
import { run } from "./support/run";

describe.skipIf(!canServe)("the generated types", () => {
  it("are what the server's schemas say today", async () => {
    await run("node", [join(PACKAGE, "scripts/generate-types.mjs"), "--check"]); // throws what is out of date
  }, 60_000);
});
