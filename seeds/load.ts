import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { z } from "zod";
import type { AgentBody, DocumentBody, RunbookBody, ToolBody } from "@/core/rules/configuration";
import { type LocatedData, parseFrontMatter, parseLocated, SeedError } from "./front-matter";
import { agentFrontMatter, answerIn, documentFrontMatter, grantIn, runbookFrontMatter, toolFile } from "./shapes";

export interface Seeds {
  agents: AgentBody[];
  documents: DocumentBody[];
  tools: ToolBody[];
  runbooks: RunbookBody[];
}

interface SeedFile {
  /** The file's name without its extension, which `name` in the file must equal; null accepts any name. */
  stem: string | null;
  /** The path in errors, relative to the parent of the seeds folder: `seeds/agents/worker.md`. */
  file: string;
  text: string;
}

interface LoadedAgent {
  seed: AgentBody;
  file: string;
  lineOf: LocatedData["lineOf"];
}

/** Says of a file such as `seeds/agents/worker.md` whether it is left out. */
export type LeftOut = (file: string) => boolean;

/**
 * Returns all seeds under `dir` (the folder `seeds`), validated, each list sorted by name, but those that are left out:
 * others may name them, and a fault in one stops nothing.
 * Throws `SeedError` for the first error, with file and line. A missing folder `runbooks` counts as empty.
 */
export async function loadSeeds(dir: string, isLeftOut: LeftOut = () => false): Promise<Seeds> {
  const read = async (...folder: [string, string, "may be absent"?]) => {
    const files = await readFolder(dir, ...folder);
    return files.filter(({ stem }) => !isLeftOut(`seeds/${folder[0]}/${stem}${folder[1]}`));
  };
  const [agentFiles, documentFiles, toolFiles, runbookFiles] = await Promise.all([
    read("agents", ".md"),
    read("documents", ".md"),
    read("tools", ".json"),
    read("runbooks", ".md", "may be absent"),
  ]);
  const documents = documentFiles.map(documentSeed);
  const tools = toolFiles.map(toolSeed);
  const agents = agentFiles.map(agentSeed);
  for (const agent of agents) checkReferences(agent, documents, tools, isLeftOut);
  return { agents: agents.map((agent) => agent.seed), documents, tools, runbooks: runbookFiles.map(runbookSeed) };
}

async function readFolder(dir: string, folder: string, ending: string, absence?: "may be absent"): Promise<SeedFile[]> {
  const shown = path.posix.join(path.basename(path.resolve(dir)), folder);
  const names = await readdir(path.join(dir, folder)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" && absence) return [];
    throw new SeedError(shown, 1, `The folder cannot be read (${error.code}); restore it from the repository.`);
  });
  const wanted = names.filter((name) => name.endsWith(ending) && !name.startsWith(".")).sort();
  return Promise.all(
    wanted.map(async (name) => ({
      stem: name.slice(0, -ending.length),
      file: `${shown}/${name}`,
      text: await readFile(path.join(dir, folder, name), "utf8"),
    })),
  );
}

const READERS = {
  agents: { kind: "agent", ending: "md", read: (source: SeedFile) => agentSeed(source).seed },
  documents: { kind: "document", ending: "md", read: documentSeed },
  tools: { kind: "tool", ending: "json", read: toolSeed },
  runbooks: { kind: "runbook", ending: "md", read: runbookSeed },
} as const;

/** One seed by the path of its file. */
export interface OneSeed {
  file: string;
  kind: (typeof READERS)[keyof typeof READERS]["kind"];
  name: string;
  /** null: there is no such file. */
  body: unknown;
}

/**
 * Returns the seed of a file such as `seeds/agents/worker.md` in the folder `dir`; null for a file that is no seed.
 * Throws `SeedError`. What it refers to is not looked at.
 */
export async function loadSeed(dir: string, file: string): Promise<OneSeed | null> {
  const [, folder = "", stem = "", ending] = /^seeds\/(\w+)\/([a-z0-9_-]+)\.(md|json)$/.exec(file) ?? [];
  const reader = Object.hasOwn(READERS, folder) ? READERS[folder as keyof typeof READERS] : null;
  if (reader === null || reader.ending !== ending) return null;
  const text = await readFile(path.join(dir, folder, `${stem}.${ending}`), "utf8").catch(absent);
  return { file, kind: reader.kind, name: stem, body: text === null ? null : reader.read({ stem, file, text }) };
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}

/** Returns the agent in a text with the seeds' layout. `file` is the name in errors. Throws `SeedError`. */
export function readAgent(text: string, file: string): AgentBody {
  return agentSeed({ text, file, stem: null }).seed;
}

/** Returns the document in a text with the seeds' layout. `file` is the name in errors. Throws `SeedError`. */
export function readDocument(text: string, file: string): DocumentBody {
  return documentSeed({ text, file, stem: null });
}

function agentSeed(source: SeedFile): LoadedAgent {
  const parsed = parseFrontMatter(source.text, source.file);
  const data = validate(agentFrontMatter, parsed, source, "an agent");
  const { timeout_seconds, max_turns, output_tokens, ask_timeout_seconds, ask_default } = data.limits;
  const seed: AgentBody = {
    name: data.name,
    description: data.description,
    instruction: requireBody(parsed, source, "the agent's instruction"),
    tools: data.tools,
    documents: data.documents,
    model: data.model,
    webSearch: data.web_search,
    ...(data.confined && { confined: true as const }),
    ...(data.rights && { rights: data.rights }),
    finishing: data.finishing,
    ...(data.effort && { effort: data.effort }),
    ...answerIn(data.a2a_answer),
    ...grantIn(data.grant),
    limits: {
      timeoutSeconds: timeout_seconds,
      maxTurns: max_turns,
      outputTokens: output_tokens,
      askTimeoutSeconds: ask_timeout_seconds,
      askDefault: ask_default,
    },
  };
  return { seed, file: source.file, lineOf: parsed.lineOf };
}

function documentSeed(source: SeedFile): DocumentBody {
  const parsed = parseFrontMatter(source.text, source.file);
  const data = validate(documentFrontMatter, parsed, source, "a document");
  return { ...data, body: requireBody(parsed, source, "the document's text") };
}

function toolSeed(source: SeedFile): ToolBody {
  const located = parseJson(source);
  const data = validate(toolFile, located, source, "a tool");
  const { available_since, available, reason, least_level: leastLevel, ...plain } = data;
  const rest = { ...plain, ...(leastLevel && { leastLevel }) };
  if (available_since !== undefined && available === undefined && reason === undefined) {
    return { ...rest, availability: { available: true, since: available_since } };
  }
  if (available_since === undefined && available === false && reason !== undefined) {
    return { ...rest, availability: { available: false, reason } };
  }
  throw new SeedError(
    source.file,
    located.lineOf([available === undefined ? "available_since" : "available"]),
    'A tool has either `available_since`, or `"available": false` with a `reason`; keep one of the two.',
  );
}

/** Keeps the whole text, front matter included, because the runbook parser reports errors with the file's line numbers. */
function runbookSeed(source: SeedFile): RunbookBody {
  const parsed = parseFrontMatter(source.text, source.file);
  const data = validate(runbookFrontMatter, parsed, source, "a runbook");
  requireBody(parsed, source, "the runbook's steps");
  return { name: data.name, description: data.description ?? "", text: source.text };
}

/** The YAML parser gives line numbers; `JSON.parse` refuses YAML that is not JSON (comments, trailing commas, bare words). */
function parseJson(source: SeedFile): LocatedData {
  const located = parseLocated(source.text, source.file);
  try {
    JSON.parse(source.text);
  } catch (error) {
    const position = /position (\d+)/.exec(String(error))?.[1];
    const line = position === undefined ? 1 : source.text.slice(0, Number(position)).split("\n").length;
    const cause = error instanceof Error ? error.message : String(error);
    throw new SeedError(source.file, line, `This is not valid JSON (${cause}); correct this line.`);
  }
  return located;
}

function validate<Schema extends z.ZodType<{ name: string }>>(
  schema: Schema,
  located: LocatedData,
  source: SeedFile,
  what: string,
): z.output<Schema> {
  const result = schema.safeParse(located.data);
  const issue = result.error?.issues[0];
  if (issue) throw issueError(issue, located, source, what);
  const data = result.data as z.output<Schema>;
  if (source.stem !== null && data.name !== source.stem) {
    const sentence = `The name "${data.name}" differs from the file's name; call it "${source.stem}" or rename the file.`;
    throw new SeedError(source.file, located.lineOf(["name"]), sentence);
  }
  return data;
}

function issueError(issue: z.core.$ZodIssue, located: LocatedData, source: SeedFile, what: string): SeedError {
  const where = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    const owner = where === "" ? what : `\`${where}\` of ${what}`;
    const line = located.lineOf([...issue.path, key]);
    return new SeedError(source.file, line, `"${key}" is not a key of ${owner}; correct its spelling or remove it.`);
  }
  const line = located.lineOf(issue.path);
  if (where === "") return new SeedError(source.file, line, `The file contains no keys; add the keys of ${what}.`);
  if (valueAt(located.data, issue.path) === undefined) {
    return new SeedError(source.file, line, `\`${where}\` of ${what} is missing; add it.`);
  }
  return new SeedError(source.file, line, `\`${where}\` of ${what} is invalid: ${lowerFirst(issue.message)}.`);
}

function valueAt(data: unknown, keys: readonly PropertyKey[]): unknown {
  return keys.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], data);
}

function requireBody(parsed: { body: string; closingLine: number }, source: SeedFile, what: string): string {
  if (parsed.body !== "") return parsed.body;
  throw new SeedError(source.file, parsed.closingLine, `Nothing follows the front matter; write ${what} below it.`);
}

function checkReferences(agent: LoadedAgent, documents: DocumentBody[], tools: ToolBody[], isLeftOut: LeftOut): void {
  const fail = (list: string, index: number, sentence: string): never => {
    throw new SeedError(agent.file, agent.lineOf([list, index]), sentence);
  };
  for (const [index, name] of agent.seed.documents.entries()) {
    if (!documents.some((document) => document.name === name) && !isLeftOut(`seeds/documents/${name}.md`)) {
      fail(
        "documents",
        index,
        `There is no document "${name}"; add seeds/documents/${name}.md or remove it from the list.`,
      );
    }
  }
  for (const [index, name] of agent.seed.tools.entries()) {
    const tool = tools.find((candidate) => candidate.name === name);
    if (!tool && isLeftOut(`seeds/tools/${name}.json`)) continue;
    if (!tool) {
      const remedy = `add seeds/tools/${name}.json or remove it from the list (every agent has the core tools without listing them)`;
      fail("tools", index, `There is no tool "${name}"; ${remedy}.`);
    } else if (!tool.availability.available) {
      fail("tools", index, `The tool "${name}" is not available in this version; remove it from the list.`);
    }
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
