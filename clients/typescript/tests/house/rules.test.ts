import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PACKAGE, ROOT } from "../support/places";
import {
  commentsArePlain,
  type File,
  filesAreShort,
  filesUnder,
  functions,
  functionsAreShort,
  importsPointDown,
  inside,
  LAYERS,
  lines,
  MAX_COMPONENT,
  MAX_FILE,
  MAX_FUNCTION,
  median,
  MEDIAN_FUNCTION,
  SHARED,
} from "./rules";

const SRC = "clients/typescript/src";
const SOURCES = [SRC, "clients/pages/src", "examples"];
const files = SOURCES.flatMap((folder) => filesUnder(ROOT, folder));
const ofTheCore = filesUnder(ROOT, SRC).map((file) => inside(SRC, file));
const planted = (path: string, source: string): File => ({ path, source });
const statements = (count: number): string => "go();\n".repeat(count);

describe("the house of TypeScript", () => {
  it("is read from all of its sources", () => {
    for (const folder of SOURCES) expect(files.filter(({ path }) => path.startsWith(folder)).length).toBeGreaterThan(20);
  });

  it("has short files", () => {
    expect(files.flatMap(filesAreShort)).toEqual([]);
  });

  it("has short functions", () => {
    expect(files.flatMap(functionsAreShort)).toEqual([]);
    const declared = files.flatMap(functions).filter((found) => found.declared);
    expect(median(declared.map(({ length }) => length))).toBeLessThanOrEqual(MEDIAN_FUNCTION);
  });

  it("has plain comments", () => {
    const ours = files.filter(({ path }) => path.startsWith("clients/"));
    const tests = filesUnder(ROOT, "clients/typescript/tests").filter(({ path }) => !path.endsWith("/rules.test.ts")); // has planted ones
    expect([...ours, ...tests].flatMap(commentsArePlain)).toEqual([]);
  });

  it("has layers, and imports that point down", () => {
    expect(ofTheCore.flatMap(importsPointDown)).toEqual([]);
    const listed = readdirSync(join(PACKAGE, "src")).sort();
    expect(listed).toEqual([...LAYERS, ...SHARED, "index.ts", "react"].sort());
  });
});

describe("a planted violation", () => {
  it("of the length of files is caught, one line less passes", () => {
    expect(filesAreShort(planted("a.ts", statements(MAX_FILE + 1)))).toEqual([`a.ts has ${MAX_FILE + 1} lines, at most ${MAX_FILE}`]);
    expect(lines(planted("a.ts", statements(MAX_FILE)))).toBe(MAX_FILE);
    expect(filesAreShort(planted("a.ts", statements(MAX_FILE)))).toEqual([]);
  });

  it.each([
    ["a function", "a.tsx", MAX_FUNCTION, "function long(): void {\n", "}\n"],
    ["an arrow", "a.ts", MAX_FUNCTION, "const Long = () => {\n", "};\n"],
    ["a method", "a.ts", MAX_FUNCTION, "class Any { long(): void {\n", "} }\n"],
    ["a component", "a.tsx", MAX_COMPONENT, "export default function Page() {\n", "return <p />; }\n"],
  ])("of the length of %s is caught, one line less passes", (_what, path, most, head, tail) => {
    const of = (count: number): File => planted(path, head + statements(count) + tail);
    expect(functionsAreShort(of(most - 1))).toEqual([`${path}:1 is a function of ${most + 1} lines, at most ${most}`]);
    expect(functionsAreShort(of(most - 2))).toEqual([]);
  });

  it.each([
    ["/** Stops whatever runs. */", "/** Stops all runs. */"],
    ["/** What a tab sends. */", "/** Messages between tabs. */"],
    [`// ${"word ".repeat(26)}`, `// ${"word ".repeat(25)}`],
    ["/** One; two;\n * three. */", "/** One; two,\n * three. */"],
  ])("of the language of comments is caught: %s", (slow, plain) => {
    expect(commentsArePlain(planted("a.ts", slow))).toHaveLength(1);
    expect(commentsArePlain(planted("a.ts", plain))).toEqual([]);
  });

  it("of the layers is caught, the way down passes", () => {
    const up = planted("core/store.ts", 'import { Session } from "../session/session";\n');
    expect(importsPointDown(up)).toEqual(["core/store.ts imports session/session, which is over it"]);
    expect(importsPointDown(planted("emitter.ts", 'import type { Page } from "./wire/types";\n'))).toHaveLength(1);
    expect(importsPointDown(planted("core/store.ts", 'export * from "../react/kinds";\n'))).toHaveLength(1);
    expect(importsPointDown(planted("core/kinds/reads.ts", 'import { Emitter } from "../../emitter";\nimport "../../wire/types";\n'))).toEqual([]);
    expect(importsPointDown(planted("react/cache.ts", 'import { follow } from "../index";\n'))).toEqual([]);
  });
});
