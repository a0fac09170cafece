/** Queries for agents, documents and runbooks: lists, versions, proposals, and files in the layout of the seeds. */
import { type Queries, UserError } from "@/agents/application";
import type { Configuration } from "@/agents/configuration/configuration";
import { callersOf } from "@/agents/configuration/entry-checks";
import { fieldsOf } from "@/agents/configuration/entry-fields";
import { entriesIn, fileOf, previewOf } from "@/agents/configuration/entry-files";
import type { SavedModels } from "@/agents/providers/check-model";
import type { AgentBody } from "@/core/rules/configuration";
import type { Entry, EntryKind, EntryVersion, ListedEntry } from "@/core/shapes/configuration";
import type { EntryRow, VersionRow } from "@/db/queries/entries";
import type { Store } from "@/db/store";

interface Sources {
  store: Pick<Store, "configuration" | "queries">;
  configuration: Pick<Configuration, "agents" | "documents" | "tools" | "runbooks">;
  models: SavedModels;
  now(): number;
}

type EntryQueries = Pick<
  Queries,
  | "listEntries"
  | "listRemoved"
  | "getEntry"
  | "listVersions"
  | "getVersion"
  | "listEntryProposals"
  | "exportEntries"
  | "previewImport"
>;

const RUNS_MS = 30 * 24 * 3_600_000;
const CHARACTERS_PER_TOKEN = 4;

export function createEntryQueries(sources: Sources): EntryQueries {
  const { store, configuration, now } = sources;
  const { entries } = store.queries;

  function versionsOf(kind: EntryKind, name: string): VersionRow[] {
    const versions = entries.versions(kind, name);
    if (versions.length === 0) throw unknownEntry(kind, name, entries.live(kind));
    return versions;
  }

  function entryOf<Kind extends EntryKind>(kind: Kind, name: string, row: VersionRow): Entry<Kind> {
    const fields = fieldsOf(kind, store.configuration.version(kind, name, row.version));
    return { kind, name, fields, ...versionShape(row) };
  }

  return {
    async listEntries(kind) {
      const since = now() - RUNS_MS;
      const runs = kind === "document" ? null : kind === "agent" ? entries.runs(since) : entries.runbookRuns(since);
      const callers = kind === "runbook" ? callersOf(configuration.runbooks()) : null;
      const agents = configuration.agents();
      return entries.live(kind).map((row) => {
        const readers = kind === "document" ? agents.filter((agent) => agent.documents.includes(row.name)) : [];
        return {
          ...listed(kind, row),
          agents: readers.map((agent) => agent.name),
          runbooks: callers?.get(row.name) ?? [],
          runs: runs && (runs.get(row.name) ?? { ended: 0, succeeded: 0 }),
        };
      });
    },
    listRemoved: async (kind) => entries.removed(kind),
    async getEntry(kind, name) {
      const live = entries.versions(kind, name).find((version) => version.live);
      if (!live) throw unknownEntry(kind, name, entries.live(kind));
      return entryOf(kind, name, live);
    },
    listVersions: async (kind, name) => versionsOf(kind, name).map(versionShape),
    async getVersion(kind, name, version) {
      const found = versionsOf(kind, name).find((versionRow) => versionRow.version === version);
      if (!found) throw new UserError("not_found", `The ${kind} ${name} has no version ${version}.`);
      return entryOf(kind, name, found);
    },
    listEntryProposals: async (kind, name) =>
      entries.openProposals(kind, name ?? null).map((row) => ({
        review: row.review,
        kind,
        name: row.name,
        why: row.why,
        proposed_by: row.proposedBy,
        base_version: row.baseVersion,
        created_at: new Date(row.createdAtMs).toISOString(),
        tree_id: row.tree,
        task_id: row.task,
        removes: row.body === null,
        fields: fieldsOf(kind, row.body ?? store.configuration.version(kind, row.name, row.baseVersion ?? 0)),
      })),
    async exportEntries(kind, name) {
      const rows = entries.live(kind).filter((row) => name === undefined || row.name === name);
      if (name !== undefined && rows.length === 0) throw unknownEntry(kind, name, entries.live(kind));
      return Promise.all(rows.map(({ body }) => fileOf(kind, body)));
    },
    async previewImport(kind, files) {
      const read = await entriesIn(kind, files);
      return previewOf(kind, read, configuration, sources.models);
    },
  };
}

function listed(kind: EntryKind, row: EntryRow): Omit<ListedEntry, "agents" | "runbooks" | "runs"> {
  const { model = null, tools = [], documents = [] } = kind === "agent" ? (row.body as AgentBody) : {};
  const { live: _, version, created_at, ...by } = versionShape({ ...row, live: true });
  const proposals = row.proposals;
  return {
    kind,
    name: row.name,
    description: row.description,
    version,
    ...by,
    edited_at: created_at,
    proposals,
    edited: row.origin !== "seed",
    tokens: Math.ceil(textIn(row.body).length / CHARACTERS_PER_TOKEN),
    model,
    tools,
    documents,
  };
}

function textIn(body: unknown): string {
  const { instruction, body: text, text: whole } = body as { instruction?: string; body?: string; text?: string };
  return instruction ?? text ?? whole ?? "";
}

function versionShape({ version, by, why, origin, createdAtMs, live }: VersionRow): EntryVersion {
  return { version, by, why, origin, created_at: new Date(createdAtMs).toISOString(), live };
}

function unknownEntry(kind: EntryKind, name: string, known: { name: string }[]): UserError {
  const names = known.map((entry) => entry.name).join(", ") || "none";
  return new UserError("not_found", `There is no ${kind} ${name}. Known: ${names}.`);
}
