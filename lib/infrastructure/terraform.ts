/** Checks Terraform modules: their syntax, and names that nothing declares. A folder is one module. */
import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { getReferencesInExpression, parse as parseHcl } from "@cdktf/hcl2json";
import { isMap, type Json, mapIn } from "./documents";
import { type Findings, MOST_SAID_CHARACTERS, quoted } from "./findings";
import { byFolder, type FoundFile, folderOf } from "./found-files";

/** More brackets in each other would exhaust the parser's stack. */
const MOST_NESTED = 100;
const MOST_EXPRESSIONS = 5_000;

interface Parsed {
  file: string;
  text: string;
  blocks: Json;
}

interface Declared {
  names: Set<string>;
  /** Names that a block gives to what it repeats. */
  iterators: Set<string>;
}

export async function checkTerraform(root: string, files: readonly FoundFile[], findings: Findings): Promise<void> {
  let left = MOST_EXPRESSIONS;
  for (const module of byFolder(files)) {
    const parsed: Parsed[] = [];
    for (const file of module) parsed.push(...(await read(file, findings)));
    checkSources(root, parsed, findings);
    const declared = declarations(parsed, findings);
    // What a file that cannot be read declares is unknown.
    if (parsed.length < module.length) continue;
    for (const one of parsed) {
      const texts = [...new Set(expressionsIn(one.blocks))];
      left -= texts.length;
      if (left < 0)
        findings.skip(
          one.file,
          null,
          `More than ${MOST_EXPRESSIONS} expressions are in these files: names in this one are not looked for.`,
        );
      else await checkNames(one, texts, declared, findings);
    }
  }
}

async function read({ file, text }: FoundFile, findings: Findings): Promise<Parsed[]> {
  if (isNestedDeeply(text)) {
    findings.skip(file, null, "It is nested too deeply to be read.");
    return [];
  }
  try {
    const blocks: unknown = file.endsWith(".json") ? JSON.parse(text) : await parseHcl("file.tf", text);
    if (isMap(blocks)) return [{ file, text, blocks }];
    findings.error(file, 1, "It is no map.");
  } catch (error) {
    const { message } = error as Error;
    const place = /file\.tf:(\d+),[\d,-]+: ([^\]]*)/.exec(message);
    findings.error(
      file,
      place ? Number(place[1]) : null,
      `It is no valid Terraform: ${quoted(place?.[2] ?? message, MOST_SAID_CHARACTERS)}`,
    );
  }
  return [];
}

function isNestedDeeply(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if ("([{".includes(character)) depth += 1;
    else if (")]}".includes(character)) depth = Math.max(0, depth - 1);
    if (depth > MOST_NESTED) return true;
  }
  return false;
}

/** Returns what a module declares; what it declares twice becomes an error. */
function declarations(parsed: readonly Parsed[], findings: Findings): Declared {
  const places = new Map<string, string>();
  const iterators = new Set<string>();
  for (const { file, text, blocks } of parsed) {
    for (const { name, times, head } of declaredIn(blocks)) {
      const before = times > 1 ? file : places.get(name);
      const isOverride = /(^|[/_])override\.tf(\.json)?$/.test(file);
      if (before !== undefined && !isOverride)
        findings.error(
          file,
          lineOf(text, head, times > 1 ? 2 : 1),
          `${quoted(name)} is declared twice${before === file ? "" : `: also in ${quoted(before)}`}.`,
        );
      places.set(name, file);
    }
    findIterators(blocks, iterators);
  }
  return { names: new Set(places.keys()), iterators };
}

function* declaredIn(blocks: Json): Generator<{ name: string; times: number; head: RegExp }> {
  const times = (value: unknown) => (Array.isArray(value) ? value.length : 1);
  for (const [kind, prefix] of [
    ["variable", "var"],
    ["module", "module"],
    ["output", "output"],
  ] as const)
    for (const [name, value] of Object.entries(mapIn(blocks, kind)))
      yield { name: `${prefix}.${name}`, times: times(value), head: head(kind, name) };
  for (const [kind, prefix] of [
    ["resource", ""],
    ["data", "data."],
    ["ephemeral", "ephemeral."],
    ["action", "action."],
  ] as const)
    for (const [type, named] of Object.entries(mapIn(blocks, kind)))
      for (const [name, value] of Object.entries(isMap(named) ? named : {}))
        yield { name: `${prefix}${type}.${name}`, times: times(value), head: head(kind, type, name) };
  // Data of checks stand in those, and can only be used there.
  for (const check of Object.values(mapIn(blocks, "check")).flat())
    for (const [type, named] of Object.entries(mapIn(check, "data")))
      for (const name of Object.keys(isMap(named) ? named : {}))
        yield { name: `data.${type}.${name}`, times: 1, head: head("data", type, name) };
  const locals = [blocks.locals].flat().flatMap((one) => (isMap(one) ? Object.keys(one) : []));
  for (const name of new Set(locals))
    yield {
      name: `local.${name}`,
      times: locals.filter((other) => other === name).length,
      head: new RegExp(`^\\s*"?${escaped(name)}"?\\s*[=:]`, "gm"),
    };
}

function head(...words: string[]): RegExp {
  return new RegExp(`\\b${words.map((word) => `"?${escaped(word)}"?`).join("\\s+")}\\s*\\{`, "g");
}

function escaped(word: string): string {
  return word.replace(/[^\w]/g, "\\$&");
}

function findIterators(value: unknown, into: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) findIterators(item, into);
  if (!isMap(value)) return;
  for (const [label, content] of Object.entries(mapIn(value, "dynamic"))) {
    into.add(label);
    for (const one of [content].flat())
      if (isMap(one) && typeof one.iterator === "string") into.add(one.iterator.replace(/^\$\{|\}$/g, ""));
  }
  for (const inner of Object.values(value)) findIterators(inner, into);
}

/** Attributes whose names are none of the module: providers, types, and attributes of the resource itself. */
const NO_REFERENCES: ReadonlySet<string> = new Set([
  "provider",
  "providers",
  "ignore_changes",
  "iterator",
  "configuration_aliases",
]);
const NO_BLOCKS: ReadonlySet<string> = new Set(["terraform", "moved", "removed", "import"]);

function* expressionsIn(blocks: Json): Generator<string> {
  for (const [kind, value] of Object.entries(blocks))
    if (!NO_BLOCKS.has(kind)) yield* expressionsOf(value, kind === "variable");
}

function* expressionsOf(value: unknown, isVariable: boolean): Generator<string> {
  if (typeof value === "string" && value.includes("${")) yield value;
  if (Array.isArray(value)) for (const item of value) yield* expressionsOf(item, isVariable);
  if (!isMap(value)) return;
  for (const [name, inner] of Object.entries(value))
    if (!NO_REFERENCES.has(name) && !(isVariable && name === "type")) yield* expressionsOf(inner, isVariable);
}

/** Names of two parts, and of three: a kind of block, a type and a name. */
const PAIRS: ReadonlySet<string> = new Set(["var", "local", "module"]);
const TRIPLES: ReadonlySet<string> = new Set(["data", "ephemeral", "action"]);
const SCOPES: ReadonlySet<string> = new Set(["each", "count", "self", "path", "terraform"]);

async function checkNames(
  { file, text }: Parsed,
  expressions: readonly string[],
  declared: Declared,
  findings: Findings,
): Promise<void> {
  const said = new Set<string>();
  let unread = 0;
  for (const expression of expressions) {
    const references = await getReferencesInExpression("file.tf", expression).catch(() => null);
    if (references === null) unread += 1;
    for (const { value } of references ?? []) {
      const name = nameOf(value, declared);
      if (name === null || declared.names.has(name) || said.has(name)) continue;
      said.add(name);
      const [root = ""] = name.split(".");
      if (!isKnown(root, declared)) {
        if (!said.has(root)) findings.skip(file, null, `Names that begin with ${quoted(root)} are not looked for.`);
        said.add(root);
        continue;
      }
      findings.error(
        file,
        lineOf(text, new RegExp(`\\b${escaped(name)}\\b`, "g"), 1),
        `${quoted(name)} is used, and nothing declares it.`,
      );
    }
  }
  if (unread > 0)
    findings.skip(file, null, `Names in ${unread} of its texts are not looked for: they cannot be read by themselves.`);
}

/** Types of resources begin with their provider, as in aws_instance. Another word may be what a later Terraform has. */
function isKnown(root: string, { names }: Declared): boolean {
  if (PAIRS.has(root) || TRIPLES.has(root) || root.includes("_")) return true;
  return [...names].some((name) => name.startsWith(`${root}.`));
}

/** Returns what has to be declared for a reference; null: nothing. */
function nameOf(reference: string, { iterators }: Declared): string | null {
  const [root = "", first, second] = reference.split(".");
  if (first === undefined || SCOPES.has(root) || iterators.has(root)) return null;
  if (PAIRS.has(root)) return `${root}.${first}`;
  if (TRIPLES.has(root)) return second === undefined ? null : `${root}.${first}.${second}`;
  return root === "resource" && second !== undefined ? `${first}.${second}` : `${root}.${first}`;
}

function checkSources(root: string, parsed: readonly Parsed[], findings: Findings): void {
  for (const { file, text, blocks } of parsed)
    for (const [name, value] of Object.entries(mapIn(blocks, "module")))
      for (const { source } of [value].flat().filter(isMap)) {
        if (typeof source !== "string" || !/^\.\.?\//.test(source)) continue;
        const place = posix.join(folderOf(file), source);
        if (!place.startsWith("..") && !existsSync(join(root, place)))
          findings.error(
            file,
            lineOf(text, head("module", name), 1),
            `The module ${quoted(name)} is in ${quoted(source)}, which is not there.`,
          );
      }
}

/** Returns the line where a pattern is found for the n-th time, or the last time before; null: nowhere. */
function lineOf(text: string, pattern: RegExp, nth: number): number | null {
  const found = [...text.matchAll(pattern)].slice(0, nth).at(-1);
  return found ? text.slice(0, found.index).split("\n").length : null;
}
