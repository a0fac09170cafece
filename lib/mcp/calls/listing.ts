import { z } from "zod";
import { quoted } from "@/lib/mcp/config/errors";
import { headerArguments } from "@/lib/mcp/config/header-arguments";
import { type InputChecks, inputChecks } from "@/lib/mcp/config/input-check";
import { isOfObject, readableSchema } from "@/lib/mcp/config/readable-schema";
import { canonicalJson, hashOfTool } from "@/lib/mcp/config/schema";
import type { ListedPrompt, ListedResource, ListedTool } from "@/lib/mcp/config/types";
import { hasUnseen } from "@/lib/mcp/config/unseen";
import { threadCpuMs } from "@/lib/process/cpu-time";
import type { McpLimits } from "./limits";

const MOST_NAME = 256;

/** Some languages write null for a field that is absent, and a list for an object without members. */
const absent = <Field extends z.ZodType>(field: Field) =>
  z.preprocess((given) => (given === null ? undefined : given), field.optional());
const tool = z.looseObject({
  name: z
    .string("its name is not text")
    .max(MOST_NAME, `its name is longer than ${MOST_NAME} characters`)
    .regex(/\S/, "its name is empty")
    .regex(/^[^\t\n\r]*$/, "its name has line ends or tabs"),
  description: absent(z.string("its description is not text")),
  inputSchema: z.unknown().optional(),
  annotations: z.preprocess(
    (given) => (Array.isArray(given) && given.length === 0 ? null : given),
    absent(z.record(z.string(), z.unknown(), "its annotations are not an object")),
  ),
  execution: z.unknown().optional(),
});
const about = {
  description: absent(z.string().max(8_192)),
  mimeType: absent(z.string().max(256)),
  size: absent(z.number()),
};
const uri = z.string().min(1).max(2_048);
const label = z.string().max(512);
const resource = z.looseObject({ uri, name: label, ...about });
const template = z.looseObject({ uriTemplate: uri, name: label, ...about });
const prompt = z.looseObject({
  name: z.string().min(1).max(256),
  description: about.description,
  arguments: absent(
    z.array(z.looseObject({ name: label, description: about.description, required: absent(z.boolean()) })).max(100),
  ),
});

/** Text by the protocol; some servers count their pages. */
type Cursor = string | number | undefined;
export type AskPage = (cursor: Cursor) => Promise<unknown>;

/**
 * Passes the items of a list to `take` page by page, so that at most one raw page is in memory. Adds a sentence to
 * `problems` when the list is broken, too long or endless.
 */
export async function eachPage(
  key: string,
  ask: AskPage,
  limits: Pick<McpLimits, "listed" | "pages">,
  problems: string[],
  take: (items: unknown[]) => void,
): Promise<void> {
  const seen = new Set<Cursor>();
  let room = limits.listed;
  let cursor: Cursor;
  for (let page = 1; ; page += 1) {
    const answer = await ask(cursor);
    const body = typeof answer === "object" && answer !== null ? (answer as Record<string, unknown>) : {};
    const list = body[key] ?? [];
    if (!Array.isArray(list)) {
      problems.push(`Its list of ${key} was left out, because it is not a list.`);
      return;
    }
    take(list.slice(0, room));
    room -= list.length;
    cursor = cursorIn(body.nextCursor);
    if (room < 0 || (room === 0 && cursor !== undefined)) {
      problems.push(`It has more than ${limits.listed} ${key}: the rest were left out.`);
      return;
    }
    if (cursor === undefined) return;
    if (seen.has(cursor) || page >= limits.pages) {
      problems.push(`Its list of ${key} does not end: reading stopped after ${page} pages.`);
      return;
    }
    seen.add(cursor);
  }
}

function cursorIn(given: unknown): Cursor {
  return typeof given === "number" || (typeof given === "string" && given !== "") ? given : undefined;
}

/** Collects the tools that can be offered; each other tool adds a sentence to `problems`. */
export function toolReader(limits: McpLimits, problems: string[]) {
  const found = new Map<string, ListedTool>();
  const doubled = new Set<string>();
  const late: string[] = [];
  let room = limits.listCharacters;
  const checks = checksWithin(limits.schemasMs);
  return {
    take(items: readonly unknown[]): void {
      for (const item of items) {
        if (checks.isOver()) {
          const name = nameOf(item);
          if (found.has(name)) doubled.add(name);
          late.push(name);
          problems.push(leftOut(item, "the schemas before it took too long to read"));
          continue;
        }
        const read = readTool(item, limits, checks);
        if (typeof read === "string") {
          problems.push(read);
          continue;
        }
        const before = found.get(read.name);
        // The same tool again, as pages that overlap bring it, leaves no choice.
        if (before && before.hash === read.hash) continue;
        if (before) doubled.add(read.name);
        else if (sizeOf(read) > room) problems.push(leftOut(item, "the definitions before it are too long together"));
        else {
          room -= sizeOf(read);
          found.set(read.name, read);
        }
      }
    },
    tools(): ListedTool[] {
      for (const name of doubled) {
        // The server would choose which of the two a call reaches, so neither can be approved.
        if (found.delete(name))
          problems.push(leftOut({ name }, "the server lists it more than once, each time different"));
      }
      return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    /** Returns the names of the tools for which no time was left, so that they do not count as removed. */
    late: (): readonly string[] => late,
  };
}

/** In CPU time, which a busy machine does not shorten. Each schema alone may take its time, but hundreds of slow ones would stop this process for minutes. */
function checksWithin(mostMs: number): Pick<InputChecks, "schemaFault"> & { isOver(): boolean } {
  const checks = inputChecks();
  let spentMs = 0;
  return {
    isOver: () => spentMs > mostMs,
    schemaFault(schema) {
      const begunMs = threadCpuMs();
      try {
        return checks.schemaFault(schema);
      } finally {
        spentMs += threadCpuMs() - begunMs;
      }
    },
  };
}

function readTool(item: unknown, limits: McpLimits, checks: Pick<InputChecks, "schemaFault">): ListedTool | string {
  const parsed = tool.safeParse(item);
  const out = (why: string) => leftOut(item, why);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return out(issue && issue.path.length > 0 ? issue.message : "it is not a tool");
  }
  const { name, description = "", annotations, execution } = parsed.data;
  const given = parsed.data.inputSchema;
  // As it is where it can be used: the approvals of tools cover the text of their schemas.
  const isUsable = isOfObject(given) && sizeOf(given) <= limits.toolCharacters && !checks.schemaFault(given);
  const inputSchema = isUsable ? given : readableSchema(given);
  if (inputSchema === null) return out("its input schema is not a JSON Schema of an object");
  const pinned = { name, description, inputSchema, ...(annotations && { annotations }) };
  if (sizeOf(pinned) > limits.toolCharacters)
    return out(`its definition is longer than ${limits.toolCharacters} characters`);
  if (isOnlyTask(execution)) return out("it only runs as a task of MCP, which Banyan does not offer");
  if (hasUnseen(pinned)) return out("its definition has invisible characters");
  const fault = isUsable ? undefined : checks.schemaFault(inputSchema);
  if (fault) return out(`its input schema is not a valid JSON Schema (${fault})`);
  if (headerArguments(inputSchema) === null) return out("it names arguments as headers in a way that is not allowed");
  return { ...pinned, hash: hashOfTool(pinned) };
}

/** Servers refuse each plain call of such a tool. */
function isOnlyTask(execution: unknown): boolean {
  return (
    typeof execution === "object" &&
    execution !== null &&
    "taskSupport" in execution &&
    execution.taskSupport === "required"
  );
}

function nameOf(item: unknown): string {
  return typeof item === "object" && item !== null && "name" in item ? String(item.name) : "";
}

function leftOut(item: unknown, why: string): string {
  return `The tool "${quoted(nameOf(item))}" was left out, because ${why}.`;
}

/** Returns the characters of JSON; infinite for values that are nested too deeply to be written. */
function sizeOf(value: unknown): number {
  try {
    return canonicalJson(value).length;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

export function readResources(items: readonly unknown[], problems: string[]): ListedResource[] {
  return readAll(resource, items, "resource", problems).map(({ uri, name, description, mimeType, size }) => ({
    uri,
    name,
    description,
    mimeType,
    size,
  }));
}

export function readTemplates(items: readonly unknown[], problems: string[]): ListedResource[] {
  return readAll(template, items, "resource template", problems).map(
    ({ uriTemplate, name, description, mimeType }) => ({ uri: uriTemplate, name, description, mimeType }),
  );
}

export function readPrompts(items: readonly unknown[], problems: string[]): ListedPrompt[] {
  return readAll(prompt, items, "prompt", problems).map(({ name, description, arguments: given }) => ({
    name,
    description,
    arguments: (given ?? []).map((argument) => ({
      name: argument.name,
      description: argument.description,
      required: argument.required ?? false,
    })),
  }));
}

function readAll<T>(schema: z.ZodType<T>, items: readonly unknown[], what: string, problems: string[]): T[] {
  const read = items.map((item) => schema.safeParse(item));
  const good = read.flatMap((result) => (result.success && !hasUnseen(shownOf(result.data)) ? [result.data] : []));
  const bad = read.length - good.length;
  if (bad > 0)
    problems.push(
      `${bad} ${what}${bad > 1 ? "s were" : " was"} left out, because ${bad > 1 ? "they are" : "it is"} not valid.`,
    );
  return good;
}

/** Returns the fields that are passed on. What a server adds of its own is dropped, and may be nested without end. */
function shownOf(item: unknown): unknown {
  const { uri, uriTemplate, name, description, mimeType, arguments: given } = item as Record<string, unknown>;
  const list = Array.isArray(given) ? given.map((tool) => [tool?.name, tool?.description]) : [];
  return [uri, uriTemplate, name, description, mimeType, list];
}
