/** Agents, documents and runbooks. A new version is checked, then live for new tasks. */
import { z } from "zod";
import { type Actor, aboutField, atField, type ImportedEntry, UserError, wrongField } from "@/agents/application";
import { operation } from "@/agents/commands/world/operation";
import type { Configuration } from "@/agents/configuration/configuration";
import { checkReferences, checkRemoval } from "@/agents/configuration/entry-checks";
import { entryOf } from "@/agents/configuration/entry-fields";
import { entriesIn, liveBody } from "@/agents/configuration/entry-files";
import { refuseGuarded } from "@/agents/configuration/guarded-entries";
import { said } from "@/agents/operations/operation";
import { text } from "@/agents/operations/parse";
import { refuseUnnamed, type SavedModels } from "@/agents/providers/check-model";
import type { EntryKind } from "@/core/shapes/configuration";
import type { Store } from "@/db/store";
import { canonicalJson } from "@/lib/mcp/config/schema";

interface Sources {
  store: Pick<Store, "configuration" | "queries">;
  configuration: Pick<Configuration, "agents" | "documents" | "tools" | "runbooks">;
  models: SavedModels;
}

const MOST_WHY = 500;

const kind = z.enum(["agent", "document", "runbook"], "must be agent, document or runbook");
const why = text.optional();

/** A version to restore, as programs name it. */
export const restoreFields = z.strictObject({
  version: z
    .number("must be a whole number")
    .int("must be a whole number")
    .positive("must be a whole number from 1 up")
    .describe("Number of the version to restore."),
  why: why.describe("The reason, which the list of versions shows."),
});

type Seen = readonly { name: string; version: number | null }[];

const imported = said.extend({
  entries: z.array(z.object({ kind: z.string(), name: z.string(), version: z.number() })),
});

type Imported = z.infer<typeof imported>;

/** Each acts on an entry by its kind and name instead of one `id`. */
export const entryOperations = {
  /** Each becomes a new version, if all of them are valid. */
  importEntries: operation({
    right: "configure",
    summary: "Imports agents, documents and runbooks.",
    input: z.strictObject({ entries: z.array(z.custom<ImportedEntry>()), onlyNew: z.boolean().optional() }),
    audit: [],
    tells: ({ entries }) => ({ entries: entries.map((entry) => `${entry.kind} ${entry.body.name}`) }),
    result: imported,
    run: ({ entries, onlyNew }, actor, world) => importEntries(world, entries, actor, { onlyNew }),
  }),
  /** Files in the layout of the seeds: all of them, or none. Refused when another version than in `seen` is live. */
  importFiles: operation({
    right: "configure",
    summary: "Imports files of agents, documents or runbooks.",
    onPages: true,
    input: z.strictObject({
      kind,
      files: z.array(z.strictObject({ file: text, text })),
      why,
      seen: z
        .array(
          z.strictObject({
            name: text.describe("Name of the entry."),
            version: z.number().nullable().describe("Its live version; null: there was none."),
          }),
        )
        .optional()
        .describe("The live version of each entry, as a preview showed it; absent: any may be live."),
    }),
    audit: ["kind", "why"],
    tells: ({ files }) => ({ files: files.map(({ file }) => file) }),
    result: imported,
    run: ({ kind: of, files, ...options }, actor, world) => importFiles(world, of, files, actor, options),
  }),
  /** Refused when another version than `ifVersion` is live (null: when any is live). */
  saveEntry: operation({
    right: "configure",
    summary: "Creates or changes an agent, a document or a runbook.",
    input: z.strictObject({ kind, fields: z.unknown(), ifVersion: z.number().nullable().optional(), why }),
    audit: ["ifVersion", "why"],
    names: ({ kind: of, fields }) => {
      const { name } = (fields ?? {}) as { name?: unknown };
      return `${of} ${typeof name === "string" ? name : ""}`.trim();
    },
    result: said.extend({ kind, name: z.string(), version: z.number() }),
    made: ({ kind: of, name }) => ({ subject: `${of} ${name}`, tree: "" }),
    run: ({ kind: of, fields, ...options }, actor, world) => saveEntry(world, of, fields, actor, options),
  }),
  /** Makes that version's content a new version. */
  restoreVersion: operation({
    right: "configure",
    summary: "Restores an older version as a new version.",
    onPages: true,
    input: restoreFields.extend({ kind, name: text }),
    audit: ["version", "why"],
    names: ({ kind: of, name }) => `${of} ${name}`,
    result: said.extend({ version: z.number() }),
    run: ({ kind: of, name, version, why: reason = "" }, actor, world) =>
      restoreVersion(world, of, name, version, actor, reason),
  }),
  /** Refused when the system or another entry needs it. */
  removeEntry: operation({
    right: "configure",
    summary: "Removes an agent, a document or a runbook that nothing uses. Its versions stay.",
    onPages: true,
    input: z.strictObject({ kind, name: text }),
    audit: [],
    names: ({ kind: of, name }) => `${of} ${name}`,
    result: said,
    run: ({ kind: of, name }, actor, world) => removeEntry(world, of, name, actor),
  }),
};

async function importEntries(
  sources: Sources,
  entries: readonly ImportedEntry[],
  actor: Actor,
  {
    onlyNew = false,
    why = "Imported.",
    seen,
  }: { onlyNew?: boolean | undefined; why?: string; seen?: Seen | undefined },
): Promise<Imported> {
  checkImported(sources, entries, onlyNew);
  // An unchanged entry gets no new version: an unedited seed keeps following its file.
  const changed = entries.filter((entry) => !isSame(sources, entry));
  const seenOf = ({ body }: ImportedEntry) => seen && (seen.find(({ name }) => name === body.name)?.version ?? null);
  for (const entry of changed) refuseEntry(sources, entry, actor);
  for (const entry of changed) refuseUnseen(sources, entry, seenOf(entry));
  for (const entry of changed) await checkModelOf(sources, entry);
  const done: { kind: string; name: string; version: number }[] = [];
  for (const entry of changed)
    done.push({ kind: entry.kind, ...(await put(sources, entry, actor, why, seenOf(entry))) });
  const rest = entries.length - done.length;
  const kept = rest > 0 ? `${rest} of ${entries.length} unchanged.` : "";
  if (done.length === 0) return { sentence: kept, entries: done };
  const words = done.map(({ kind, name, version }) => `version ${version} of the ${kind} ${name}`).join(", ");
  return { sentence: `Live for new tasks: ${words}. ${kept}`.trim(), entries: done };
}

/** Throws UserError when another version is live than the person has seen; undefined: it does not matter. */
function refuseUnseen(sources: Sources, { kind, body }: ImportedEntry, seen: number | null | undefined): void {
  if (seen === undefined || (liveVersion(sources, kind, body.name)?.version ?? null) === seen) return;
  const { message } = changedMeanwhile(sources, kind, body.name);
  throw new UserError("conflict", `Nothing was imported. ${message} Preview the import again.`);
}

/** Throws UserError. */
function checkImported({ configuration }: Sources, entries: readonly ImportedEntry[], onlyNew: boolean): void {
  if (entries.length === 0) throw new UserError("invalid", "There is nothing to import.");
  for (const [index, { kind, body }] of entries.entries()) {
    if (entries.findIndex((entry) => entry.kind === kind && entry.body.name === body.name) !== index)
      throw new UserError("invalid", `The ${kind} ${body.name} appears twice.`);
    if (onlyNew && liveBody(configuration, kind, body.name))
      throw new UserError(
        "conflict",
        `The ${kind} ${body.name} already exists: use import instead of add to give it a new version.`,
      );
  }
  for (const entry of entries) checkReferences(configuration, entry, entries);
}

async function importFiles(
  sources: Sources,
  kind: EntryKind,
  files: { file: string; text: string }[],
  actor: Actor,
  { why = "", seen }: { why?: string | undefined; seen?: Seen | undefined },
): Promise<Imported> {
  const read = await entriesIn(kind, files);
  const wrong = read.find((entry) => entry.problem !== null);
  if (wrong?.problem) throw new UserError("invalid", `Nothing was imported. ${wrong.problem}`);
  const entries = read.flatMap((entry) => (entry.entry ? [entry.entry] : []));
  return importEntries(sources, entries, actor, { why: why || "Imported.", seen });
}

async function saveEntry(
  sources: Sources,
  kind: EntryKind,
  fields: unknown,
  actor: Actor,
  { ifVersion, why = "" }: { ifVersion?: number | null | undefined; why?: string | undefined },
): Promise<{ sentence: string; kind: EntryKind; name: string; version: number }> {
  const entry = entryOf(kind, fields);
  checkReferences(sources.configuration, entry);
  if (isSame(sources, entry)) {
    if (ifVersion === null) throw new UserError("conflict", `The ${kind} ${entry.body.name} already exists.`);
    const version = liveVersion(sources, kind, entry.body.name)?.version ?? 0;
    return {
      sentence: `Nothing saved: version ${version} is the same.`,
      kind,
      name: entry.body.name,
      version,
    };
  }
  refuseEntry(sources, entry, actor);
  await checkModelOf(sources, entry);
  const { name, version } = await put(sources, entry, actor, why, ifVersion);
  return { sentence: `Version ${version} is live for new tasks.`, kind, name, version };
}

async function restoreVersion(
  sources: Sources,
  kind: EntryKind,
  name: string,
  version: number,
  actor: Actor,
  why: string,
): Promise<{ sentence: string; version: number }> {
  const body = sources.store.configuration.version(kind, name, version);
  if (!body) throw new UserError("not_found", `The ${kind} ${name} has no version ${version}.`);
  const entry = { kind, body } as ImportedEntry;
  if (isSame(sources, entry)) throw new UserError("conflict", `The live version is the same as version ${version}.`);
  refuseEntry(sources, entry, actor);
  checkReferences(sources.configuration, entry);
  await checkModelOf(sources, entry);
  const reason = why.trim();
  const done = await put(sources, entry, actor, `Restored version ${version}${reason ? `: ${reason}` : "."}`);
  return {
    sentence: `Version ${done.version} is live, with the content of version ${version}.`,
    version: done.version,
  };
}

/** Throws UserError when only an admin may make this version live. */
function refuseEntry({ configuration }: Sources, { kind, body }: ImportedEntry, actor: Actor): void {
  refuseGuarded(configuration, { kind, name: body.name, after: body }, actor);
}

/** Throws UserError when the entry is an agent with a model that nobody knows to exist. */
async function checkModelOf({ models }: Sources, entry: ImportedEntry): Promise<void> {
  if (entry.kind === "agent") await atField("model", () => refuseUnnamed(models, entry.body.model));
}

async function removeEntry(
  { store, configuration }: Sources,
  kind: EntryKind,
  name: string,
  actor: Actor,
): Promise<{ sentence: string }> {
  checkRemoval(configuration, kind, name);
  refuseGuarded(configuration, { kind, name, after: null }, actor);
  if (!(await store.configuration.remove(kind, name))) throw new UserError("not_found", `There is no ${kind} ${name}.`);
  return { sentence: `Removed the ${kind} ${name}. Running tasks keep it, and its versions stay.` };
}

async function put(
  sources: Sources,
  entry: ImportedEntry,
  actor: Actor,
  why: string,
  ifVersion?: number | null,
): Promise<{ name: string; version: number }> {
  const { kind, body } = entry;
  const { name, description } = body;
  // Compared again with what is live now, and written only if that is still live then.
  refuseEntry(sources, entry, actor);
  const compared = actor.role === "admin" ? undefined : (liveVersion(sources, kind, name)?.version ?? null);
  const onlyIf = ifVersion === undefined ? compared : ifVersion;
  const change = { by: actor.name, why: whyOf(why), ...(onlyIf !== undefined && { ifVersion: onlyIf }) };
  const version = await sources.store.configuration.save({ kind, name, description, body }, change);
  if (version !== "changed") return { name, version };
  if (onlyIf !== null) throw changedMeanwhile(sources, kind, name);
  throw aboutField("name", new UserError("conflict", `The ${kind} ${name} already exists: choose another name.`));
}

function isSame({ configuration }: Sources, { kind, body }: ImportedEntry): boolean {
  const live = liveBody(configuration, kind, body.name);
  return live !== null && canonicalJson(live) === canonicalJson(body);
}

function liveVersion({ store }: Sources, kind: EntryKind, name: string) {
  return store.queries.entries.versions(kind, name).find((version) => version.live) ?? null;
}

function changedMeanwhile(sources: Sources, kind: EntryKind, name: string): UserError {
  const now = liveVersion(sources, kind, name);
  if (!now) return new UserError("conflict", `The ${kind} ${name} has been removed in the meantime.`);
  return new UserError(
    "conflict",
    `${now.by} saved version ${now.version} of the ${kind} ${name} in the meantime${now.why ? `: “${now.why}”` : ""}.`,
  );
}

function whyOf(why: string): string {
  const reason = why.replace(/\s+/g, " ").trim();
  if (reason.length <= MOST_WHY) return reason;
  throw wrongField("why", `The reason has ${reason.length} characters, and ${MOST_WHY} is the limit.`);
}
