/** Writes and reads entries as files with front matter, in the seeds' layout, and compares them with live entries. */
import { type ImportedEntry, UserError } from "@/agents/application";
import { refuseUnnamed, type SavedModels } from "@/agents/providers/check-model";
import type { AgentBody, DocumentBody, RunbookBody } from "@/core/rules/configuration";
import type { EntryFile, EntryKind, ImportPreview } from "@/core/shapes/configuration";
import type { Refusal } from "@/core/shapes/refusal";
import { canonicalJson } from "@/lib/mcp/config/schema";
import type { Configuration } from "./configuration";
import { checkReferences, type Known } from "./entry-checks";
import { entryOf } from "./entry-fields";

/** The line between files in an export of the command line. */
const DIVIDER = /^=== [\w-]+\.md ===$/m;
const MOST_FILES = 200;

export type ReadEntry =
  | { file: string; entry: ImportedEntry; problem: null }
  | { file: string; entry: null; problem: string; refusal?: Refusal; text: string };

export async function fileOf(kind: EntryKind, body: unknown): Promise<EntryFile> {
  const { name } = body as { name: string };
  return { name, file: `${name}.md`, text: await textOf(kind, body) };
}

async function textOf(kind: EntryKind, body: unknown): Promise<string> {
  if (kind === "runbook") return (body as RunbookBody).text;
  const { agentFile, documentFile } = await import("@/seeds/write");
  return kind === "agent" ? agentFile(body as AgentBody) : documentFile(body as DocumentBody);
}

/** Returns the entries. A file may contain several, as an export writes them. Problems name the line. */
export async function entriesIn(
  kind: EntryKind,
  files: readonly { file: string; text: string }[],
): Promise<ReadEntry[]> {
  const parts = files.flatMap(({ file, text }) =>
    text
      .replaceAll("\r\n", "\n")
      .split(DIVIDER)
      .map((part) => part.replace(/^\s*\n(?=---)/, ""))
      .filter((part) => part.trim() !== "")
      .map((part) => ({ file, text: part })),
  );
  if (parts.length === 0)
    throw new UserError("invalid", "There is nothing to import: choose files, or paste their text.");
  if (parts.length > MOST_FILES)
    throw new UserError("too_large", `These are ${parts.length} entries, and one import takes at most ${MOST_FILES}.`);
  return Promise.all(parts.map(({ file, text }) => read(kind, file, text)));
}

async function read(kind: EntryKind, file: string, text: string): Promise<ReadEntry> {
  try {
    if (kind === "runbook") return { file, entry: entryOf(kind, { text }), problem: null };
    const { readAgent, readDocument } = await import("@/seeds/load");
    const entry: ImportedEntry =
      kind === "agent" ? { kind, body: readAgent(text, file) } : { kind, body: readDocument(text, file) };
    return { file, entry, problem: null };
  } catch (error) {
    if (error instanceof UserError) return { file, entry: null, problem: error.message, refusal: error.refusal, text };
    if (error instanceof Error && error.name === "SeedError")
      return { file, entry: null, problem: error.message, text };
    throw error;
  }
}

export async function previewOf(
  kind: EntryKind,
  found: readonly ReadEntry[],
  configuration: Pick<Configuration, "agents" | "documents" | "runbooks" | "tools">,
  models: SavedModels,
): Promise<ImportPreview[]> {
  const live: Known = configuration;
  const all = found.flatMap(({ entry }) => (entry ? [entry] : []));
  return Promise.all(
    found.map(async (entry): Promise<ImportPreview> => {
      if (!entry.entry)
        return {
          file: entry.file,
          name: "",
          does: "fails",
          problem: entry.problem,
          version: null,
          before: null,
          after: entry.text,
          ...(entry.refusal && { refusal: entry.refusal }),
        };
      const { name } = entry.entry.body;
      const after = await textOf(kind, entry.entry.body);
      const old = liveEntry(live, kind, name);
      const before = old ? await textOf(kind, old.body) : null;
      const same = old !== null && canonicalJson(old.body) === canonicalJson(entry.entry.body);
      const problem = await problemOf(live, entry.entry, all, same ? null : models);
      const does = problem ? "fails" : same ? "nothing" : old ? "changes" : "creates";
      return { file: entry.file, name, does, problem, version: old?.version ?? null, before, after };
    }),
  );
}

/** `models`: null for an entry that stays as it is. */
async function problemOf(
  live: Known,
  entry: ImportedEntry,
  all: readonly ImportedEntry[],
  models: SavedModels | null,
): Promise<string | null> {
  if (all.filter((importedEntry) => importedEntry.body.name === entry.body.name).length > 1)
    return `The ${entry.kind} ${entry.body.name} appears twice.`;
  try {
    checkReferences(live, entry, all);
    if (models && entry.kind === "agent") await refuseUnnamed(models, entry.body.model);
    return null;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** Returns the live body in its kind's shape, without the fields that only the list adds, or null. */
export function liveBody(live: Known, kind: EntryKind, name: string): ImportedEntry["body"] | null {
  return liveEntry(live, kind, name)?.body ?? null;
}

function liveEntry(
  live: Known,
  kind: EntryKind,
  name: string,
): { version: number; body: ImportedEntry["body"] } | null {
  const lists = { agent: live.agents(), document: live.documents(), runbook: live.runbooks() };
  const found = lists[kind].find((entry) => entry.name === name);
  if (!found) return null;
  const { version, edited: _, ...body } = found as ImportedEntry["body"] & { version: number; edited?: boolean };
  return { version, body: body as ImportedEntry["body"] };
}
