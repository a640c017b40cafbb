import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Tests with a server take longest and mostly wait: they begin first, and the others run beside them. */
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
    // Each live file starts a server of its own and mostly waits for it: four at a time on any number of cores.
    minWorkers: 4,
    maxWorkers: 4,
    // For a busy machine; waits inside the tests have bounds of their own.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    sequence: { sequencer: LongestFirst },
  },
});
