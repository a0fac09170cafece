import type { GuardedApplication } from "@/agents/guard/guard";
import type { EntryKind } from "@/core/shapes/configuration";
import { CodingAgents } from "./coding-agents";
import { EntryView } from "./entry/entry-view";
import { entryStart, newEntry, type Search } from "./entry-data";
import { EntryList } from "./list/entry-list";

interface PageProps {
  app: GuardedApplication;
  kind: EntryKind;
  search: Search;
}

/** The list of all agents, documents or runbooks, or the form for a new entry. */
export async function EntriesPage({ app, kind, search }: PageProps) {
  if (search.new !== undefined && app.may("saveEntry")) return <NewEntry app={app} kind={kind} search={search} />;
  const { queries } = app;
  const [entries, proposals, removed] = await Promise.all([
    queries.listEntries(kind),
    queries.listEntryProposals(kind),
    queries.listRemoved(kind),
  ]);
  const names = new Set([...entries.map((entry) => entry.name), ...removed]);
  const proposed = [...new Set(proposals.map((proposal) => proposal.name))].filter((name) => !names.has(name));
  return (
    <EntryList kind={kind} entries={entries} proposed={proposed} removed={removed} mayEdit={app.may("saveEntry")}>
      {kind === "agent" ? <CodingAgents agents={await queries.listCodingAgents()} /> : null}
    </EntryList>
  );
}

async function NewEntry({ app, kind, search }: PageProps) {
  const { start, copied } = await newEntry(app, kind, search);
  return <EntryView key={`new ${copied?.of ?? ""}`} start={start} copied={copied} />;
}

export async function EntryPage({ app, kind, name, search }: PageProps & { name: string }) {
  const start = await entryStart(app, kind, name, search);
  return <EntryView key={`${kind} ${name}`} start={start} />;
}

/** Returns the decoded name. A typed address may hold an invalid encoding; then the name stays as it is. */
export function nameIn(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
