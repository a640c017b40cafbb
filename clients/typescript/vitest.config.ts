import { defineConfig } from "vitest/config";

export default defineConfig({
  esbuild: { jsx: "automatic" },
  // The live tests start servers of their own; one file at a time keeps a small machine honest.
  test: { include: ["tests/**/*.test.{ts,tsx}"], environment: "node", fileParallelism: false },
});
