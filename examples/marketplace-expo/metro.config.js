const { mkdirSync } = require("node:fs");
const path = require("node:path");
const { getDefaultConfig } = require("expo/metro-config");
const { FileStore } = require("metro-cache");

const config = getDefaultConfig(__dirname);

// Metro's default cache lies in the temporary folder, where all checkouts of a machine share it.
const cache = path.join(__dirname, "node_modules", ".cache", "metro");
mkdirSync(cache, { recursive: true });
config.cacheStores = [new FileStore({ root: cache })];
config.fileMapCacheDirectory = cache;

// Transformed modules contain these variables' values, but Metro's cache key does not: without them in its
// version, a build for another server address would keep the address of the build before it.
const inlined = Object.entries(process.env).filter(([name]) => name.startsWith("EXPO_PUBLIC_"));
config.cacheVersion = JSON.stringify([config.cacheVersion, ...inlined.sort()]);

module.exports = config;
