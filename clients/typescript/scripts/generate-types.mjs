// Writes src/generated/ from the server's catalogue: the types of each namespace, the error codes, the names of the
// server's events, and the objects that a client holds.
//
//   node scripts/generate-types.mjs           write
//   node scripts/generate-types.mjs --check   list the files that are out of date, and exit 1 if there are any
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const root = path("../../..");
const python = process.env.PALABRE_PYTHON ?? `${root}/.venv/bin/python`;

/** The module that prints the catalogue as JSON. */
const CATALOGUE = "app.protocol";
/** Each namespace, and the name of its file. */
const FILES = { "/": "marketplace", "/talemy": "talemy" };
/** Objects that the package exports under another name than the wire's. */
const RENAMED = { Reply: "ReplyTo" };
/** Parts of objects that the package does not export by themselves. */
const UNNAMED = new Set(["Sender"]);
const HEAD = "// Generated from the server's schemas by scripts/generate-types.mjs; do not edit.\n";

const catalogue = JSON.parse(
  execFileSync(python, ["-m", CATALOGUE], { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 }),
);
const texts = {
  errors: errors(catalogue.errorCodes),
  events: events(catalogue.namespaces["/"]),
  objects: objects(catalogue.namespaces["/"]),
};
for (const [namespace, name] of Object.entries(FILES)) texts[name] = file(catalogue.namespaces[namespace]);

let stale = 0;
mkdirSync(path("../src/generated"), { recursive: true });
for (const [name, text] of Object.entries(texts)) {
  const target = path(`../src/generated/${name}.ts`);
  if (!process.argv.includes("--check")) writeFileSync(target, text);
  else if (read(target) !== text) {
    stale += 1;
    console.error(`src/generated/${name}.ts is out of date: npm run generate`);
  }
}
process.exitCode = stale ? 1 : 0;

function read(target) {
  try {
    return readFileSync(target, "utf8");
  } catch {
    return null;
  }
}

function errors(codes) {
  const rows = Object.entries(codes).map(([code, status]) => `  ${code}: ${status},`);
  return `${HEAD}
/** The codes of the protocol, and the HTTP status of each. */
export const ERROR_STATUS = {
${rows.join("\n")}
} as const;

export type WireErrorCode = keyof typeof ERROR_STATUS;
`;
}

function events({ serverEvents }) {
  const rows = Object.keys(serverEvents).map((name) => `  ${JSON.stringify(name)},`);
  return `${HEAD}import type { ServerEvents } from "./marketplace";

/** Every event that the server emits on \`/\`, for code that subscribes to all of them. */
export const SERVER_EVENTS: Array<keyof ServerEvents> = [
${rows.join("\n")}
];
`;
}

/** Everything that `sync` can bring is what a client may hold. */
function objects({ $defs }) {
  const names = [...reachable("Changes", $defs)].filter((name) => !UNNAMED.has(name)).sort();
  const rows = names.map((name) => `  ${RENAMED[name] ? `${name} as ${RENAMED[name]}` : name},`);
  return `${HEAD}
export type {
${rows.join("\n")}
} from "./marketplace";
`;
}

/** The names of a definition and of all that it refers to. */
function reachable(name, $defs, names = new Set()) {
  if (names.has(name)) return names;
  names.add(name);
  for (const [, next] of JSON.stringify($defs[name]).matchAll(/#\/\$defs\/(\w+)/g)) reachable(next, $defs, names);
  return names;
}

function file({ $defs, clientEvents, serverEvents }) {
  const parts = Object.entries($defs).map(([name, schema]) => definition(name, schema));
  const client = Object.entries(clientEvents).map(
    ([event, { payload, data }]) => `  ${key(event)}: { payload: ${type(payload)}; data: ${type(data)} };`,
  );
  const server = Object.entries(serverEvents).map(([event, payload]) => `  ${key(event)}: ${type(payload)};`);
  return [
    HEAD,
    ...parts,
    `/** Events that a client may emit, and the \`data\` of their acknowledgements. */\nexport interface ClientEvents {\n${client.join("\n")}\n}\n`,
    `/** Events that the server emits. */\nexport interface ServerEvents {\n${server.join("\n")}\n}\n`,
  ].join("\n");
}

function definition(name, schema) {
  const required = new Set(schema.required ?? []);
  const lines = Object.entries(schema.properties ?? {}).flatMap(([property, value]) => {
    const optional = !required.has(property);
    const row = `  ${key(property)}${optional ? "?" : ""}: ${type(optional ? withoutNull(value) : value)};`;
    return [...comment(value.description, "  "), row];
  });
  const head = comment(schema.description, "").join("\n");
  if (lines.length === 0) return `${head}\nexport type ${name} = Record<string, never>;\n`;
  return `${head ? `${head}\n` : ""}export interface ${name} {\n${lines.join("\n")}\n}\n`;
}

function comment(description, indent) {
  if (!description) return [];
  const text = description.replaceAll("``", "`").replace(/\s+/g, " ").trim();
  return [`${indent}/** ${text} */`];
}

/** Without null: an optional key is omitted instead. */
function withoutNull(schema) {
  if (!schema.anyOf) return schema;
  return { ...schema, anyOf: schema.anyOf.filter((choice) => choice.type !== "null") };
}

function type(schema) {
  if (schema.$ref) return schema.$ref.replace("#/$defs/", "");
  if (schema.anyOf) return schema.anyOf.map(type).join(" | ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.type === "array") return `Array<${type(schema.items)}>`;
  if (schema.type === "integer" || schema.type === "number") return "number";
  if (schema.type === "string" || schema.type === "boolean" || schema.type === "null") return schema.type;
  throw new Error(`No TypeScript for ${JSON.stringify(schema)}`);
}

function key(name) {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
