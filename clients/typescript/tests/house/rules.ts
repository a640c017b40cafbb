/** The house's rules for TypeScript, each a function from a file to sentences about what breaks it. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import ts from "typescript";

export const MAX_FILE = 300;
export const MAX_FUNCTION = 40;
/** A component's markup is a tree, not steps. */
export const MAX_COMPONENT = 70;
/** Of declared functions and methods; arrows inside them would halve it. */
export const MEDIAN_FUNCTION = 7;

/** The folders of src/ from the ground up; a file imports from its own layer and those before it. */
export const LAYERS = ["generated", "wire", "http", "outbox", "core", "platform", "session", "marketplace", "talemy"];
/** Files at the root of src/: shared by every folder, or, for index.ts, over all of them. */
export const SHARED = ["backoff.ts", "emitter.ts"];

export interface File {
  path: string;
  source: string;
}

/** Every TypeScript file under a folder, but those that are generated or installed. */
export function filesUnder(root: string, folder: string): File[] {
  const listed = readdirSync(join(root, folder), { withFileTypes: true });
  return listed.flatMap((entry): File[] => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return /^(node_modules|generated|dist|\..*)$/.test(entry.name) ? [] : filesUnder(root, path);
    if (!/(?<!\.d)\.tsx?$/.test(entry.name)) return [];
    return [{ path, source: readFileSync(join(root, path), "utf8") }];
  });
}

export function lines(file: File): number {
  return file.source.trimEnd().split("\n").length;
}

export function filesAreShort(file: File): string[] {
  return lines(file) <= MAX_FILE ? [] : [`${file.path} has ${lines(file)} lines, at most ${MAX_FILE}`];
}

export interface Length {
  at: string;
  length: number;
  most: number;
  declared: boolean;
}

/** The length in lines of every function of a file, with the line where it starts. */
export function functions({ path, source }: File): Length[] {
  const parsed = ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true);
  const found: Length[] = [];
  const line = (position: number): number => parsed.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && "body" in node && node.body) {
      const first = line(node.getStart(parsed));
      const most = isComponent(node) ? MAX_COMPONENT : MAX_FUNCTION;
      const declared = !ts.isArrowFunction(node) && !ts.isFunctionExpression(node);
      found.push({ at: `${path}:${first + 1}`, length: line(node.end) - first + 1, most, declared });
    }
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return found;
}

export function functionsAreShort(file: File): string[] {
  const long = functions(file).filter(({ length, most }) => length > most);
  return long.map(({ at, length, most }) => `${at} is a function of ${length} lines, at most ${most}`);
}

/** Whether a function has a component's name, `Page`. */
function isComponent(node: ts.SignatureDeclaration): boolean {
  const name = ts.isVariableDeclaration(node.parent) ? node.parent.name : node.name;
  return node.getSourceFile().fileName.endsWith(".tsx") && /^[A-Z]/.test(name?.getText() ?? "");
}

const PRONOUNS = /\b(whoever|whomever|whatever|whom|somebody|nobody|everybody|anybody)\b/i;
const OPENINGS = /^(What|Who|Whom|Whoever|Whatever|Nobody|Somebody)\b/;
const MAX_WORDS = 25;

/** Comments in the field's language: no indefinite pronouns, at most 25 words and one semicolon a sentence. */
export function commentsArePlain(file: File): string[] {
  return sentences(file).flatMap((sentence) => {
    const broken = [
      PRONOUNS.test(sentence) && "has an indefinite pronoun",
      OPENINGS.test(sentence) && "opens with What, Who or Nobody",
      sentence.split(/\s+/).length > MAX_WORDS && `has more than ${MAX_WORDS} words`,
      sentence.split(";").length > 2 && "has more than one semicolon",
    ];
    return broken.filter((problem) => problem !== false).map((problem) => `${file.path}: “${sentence}” ${problem}`);
  });
}

/** Imports point down the layers of src/; `file.path` is relative to it. */
export function importsPointDown(file: File): string[] {
  const from = layer(file.path);
  const targets = imports(file).map((target) => normalize(join(dirname(file.path), target)));
  return targets.filter((target) => layer(target) > from).map((target) => `${file.path} imports ${target}, which is over it`);
}

export function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export function inside(folder: string, { path, source }: File): File {
  return { path: relative(folder, path), source };
}

/** The sentences of comments, with code as one word and without examples. */
function sentences({ source }: File): string[] {
  const blocks = [...source.matchAll(/\/\*\*(.*?)\*\//gs)].map(([, text]) => (text ?? "").replace(/\n\s*\* ?/g, " "));
  const lines = [...source.matchAll(/(?:^|\s)\/\/ (.*)/g)].map(([, text]) => text ?? "");
  const prose = [...blocks, ...lines].map((text) => text.split("@example")[0] ?? "");
  const plain = prose.map((text) => text.replace(/`[^`]*`/g, "code").replaceAll("@throws", ""));
  return plain.flatMap((text) => text.split(/(?<=[.!?])\s+/)).map((text) => text.trim()).filter(Boolean);
}

function imports({ source }: File): string[] {
  return [...source.matchAll(/from "(\.[^"]+)"/g)].map(([, target]) => target ?? "");
}

/** How high a file stands: the shared ones on the ground, React over index.ts. */
function layer(path: string): number {
  const folder = path.split("/")[0] ?? "";
  if (SHARED.includes(folder.replace(/(\.ts)?$/, ".ts"))) return -1;
  if (/^index(\.ts)?$/.test(path)) return LAYERS.length;
  if (folder === "react") return LAYERS.length + 1;
  return LAYERS.indexOf(folder);
}
