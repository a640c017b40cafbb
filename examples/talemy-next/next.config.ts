import type { NextConfig } from "next";

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // A repository around this folder has lockfiles of its own: this is where the application begins.
  outputFileTracingRoot: import.meta.dirname,
};

export default config;
