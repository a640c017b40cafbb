import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What talks to a server takes longest, and mostly waits: it begins first, so that the rest runs beside it. */
const FIRST = ["/tokens.test", "/cuts.test", "/live/", "/react/provider.test", "/package.test"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => (FIRST.findIndex((part) => moduleId.includes(part)) + FIRST.length) % (FIRST.length + 1);
    return [...files].sort((a, b) => rank(a) - rank(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

export default defineConfig({
  esbuild: { jsx: "automatic" },
  test: {
    include: ["tests/**/*.test.{ts,tsx}"],
    environment: "node",
    globalSetup: "tests/support/migrated.ts",
    // Each live file starts a server of its own, and waits for it more than it computes: four at a time, however few the cores.
    minWorkers: 4,
    maxWorkers: 4,
    // Of a busy machine; what waits for something says itself how long.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    sequence: { sequencer: LongestFirst },
  },
});
