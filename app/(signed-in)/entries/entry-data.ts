/** Reads the data of the pages for agents, documents and runbooks. */
import { notFound } from "next/navigation";
import type { Queries } from "@/agents/application";
import type { GuardedApplication } from "@/agents/guard/guard";
import type { Entry, EntryFields, EntryKind, EntryVersion } from "@/core/shapes/configuration";
import { problemOfError } from "@/lib/http/problem";
import type { Choices, Copied, EntryStart, OpenProposal } from "./kinds/choices";

export type Search = Record<string, string | string[] | undefined>;

/** Returns the data of a new entry, with the fields of the source if it is a copy. */
export async function newEntry(
  app: GuardedApplication,
  kind: EntryKind,
  search: Search,
): Promise<{ start: EntryStart; copied?: Copied }> {
  const source = typeof search.copy === "string" ? search.copy : null;
  const [choices, entry] = await Promise.all([
    choicesFor(app.queries, kind),
    source ? orNull(app.queries.getEntry(kind, source)) : null,
  ]);
  const start: EntryStart = {
    kind,
    name: "",
    entry: null,
    listed: null,
    versions: [],
    compared: null,
    proposals: [],
    trials: [],
    choices,
    may: mayOf(app),
  };
  return { start, ...(entry && { copied: { of: entry.name, fields: copyOf(entry.fields) } }) };
}

/** Returns the fields without the name. A runbook has its name in its text, so the copy gets a new name there. */
function copyOf(fields: EntryFields): EntryFields {
  if (!("text" in fields)) return { ...fields, name: "" };
  return { ...fields, name: "", text: fields.text.replace(/^name:.*$/m, `name: ${fields.name}-copy`) };
}

/** Returns the data of an entry, also of a removed or a proposed entry. */
export async function entryStart(
  app: GuardedApplication,
  kind: EntryKind,
  name: string,
  search: Search,
): Promise<EntryStart> {
  const { queries } = app;
  const [entry, versions, proposals, trials] = await Promise.all([
    orNull(queries.getEntry(kind, name)),
    orNull(queries.listVersions(kind, name)),
    openProposals(app, kind, name),
    queries.listTrials({ kind, name }),
  ]);
  if (!versions && proposals.length === 0) notFound();
  const known = versions ?? [];
  const [choices, compared, list] = await Promise.all([
    choicesFor(queries, kind),
    comparedOf(queries, kind, name, known, search),
    queries.listEntries(kind),
  ]);
  const listed = list.find((candidate) => candidate.name === name) ?? null;
  return { kind, name, entry, listed, versions: known, compared, proposals, trials, choices, may: mayOf(app) };
}

function mayOf(app: GuardedApplication): EntryStart["may"] {
  return { edit: app.may("saveEntry"), run: app.may("submitTree"), decide: app.may("decide") };
}

/** Returns the two versions in the address, else the newest version and the one before it. */
async function comparedOf(
  queries: Queries,
  kind: EntryKind,
  name: string,
  versions: EntryVersion[],
  search: Search,
): Promise<EntryStart["compared"]> {
  const known = (text: string | string[] | undefined) =>
    versions.find((candidate) => String(candidate.version) === text)?.version ?? null;
  const newest = versions[0]?.version ?? null;
  const to = known(search.to) ?? newest;
  if (to === null) return null;
  const isGiven = known(search.to) !== null;
  const before = versions.find((candidate) => candidate.version < to)?.version ?? null;
  const from = isGiven && search.from !== undefined ? known(search.from) : before;
  if (!isGiven && from === null) return null;
  const read = (version: number): Promise<Entry | null> => orNull(queries.getVersion(kind, name, version));
  const [older, newer] = await Promise.all([from === null ? null : read(from), read(to)]);
  return newer && { from: older, to: newer };
}

async function openProposals(
  { queries, actor }: GuardedApplication,
  kind: EntryKind,
  name: string,
): Promise<OpenProposal[]> {
  const proposals = await queries.listEntryProposals(kind, name);
  const items = await Promise.all(proposals.map(({ review }) => orNull(queries.getReviewItem(review, actor))));
  return proposals.flatMap((proposal, index) => {
    const item = items[index];
    return item ? [{ proposal, review: item.review, mayNot: item.may_not }] : [];
  });
}

const NO_CHOICES: Choices = {
  documents: [],
  tools: [],
  defaultModel: "",
  providers: [],
};

async function choicesFor(queries: Queries, kind: EntryKind): Promise<Choices> {
  if (kind !== "agent") return NO_CHOICES;
  const [documents, tools, status] = await Promise.all([
    queries.listEntries("document"),
    queries.listTools(),
    queries.getStatus(),
  ]);
  const providers = status.models.flatMap(({ name, available }) => (available && name !== "runbook" ? [name] : []));
  return {
    documents: documents.map(({ name, tokens }) => ({ name, tokens })),
    tools,
    defaultModel: status.defaultModel,
    providers,
  };
}

/** Returns null if the query finds nothing (404), and throws every other error. */
async function orNull<T>(query: Promise<T>): Promise<T | null> {
  try {
    return await query;
  } catch (error) {
    if (problemOfError(error)?.status === 404) return null;
    throw error;
  }
}
