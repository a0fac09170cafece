import type { GuardedApplication } from "@/agents/guard/guard";
import type { EntryKind } from "@/core/shapes/configuration";
import { EntryView } from "./entry/entry-view";
import { entryStart, newEntry, type Search } from "./entry-data";
import { EntryList } from "./list/entry-list";

interface PageProps {
  app: GuardedApplication;
  kind: EntryKind;
  search: Search;
}

/** The list of a kind, or the form of a new one. */
export async function EntriesPage({ app, kind, search }: PageProps) {
  if (search.new !== undefined && app.may("saveEntry")) return <NewEntry {...{ app, kind, search }} />;
  const { queries } = app;
  const [entries, proposals, removed] = await Promise.all([
    queries.listEntries(kind),
    queries.listEntryProposals(kind),
    queries.listRemoved(kind),
  ]);
  const names = new Set([...entries.map((entry) => entry.name), ...removed]);
  const proposed = [...new Set(proposals.map((one) => one.name))].filter((name) => !names.has(name));
  return <EntryList {...{ kind, entries, proposed, removed }} mayEdit={app.may("saveEntry")} />;
}

async function NewEntry({ app, kind, search }: PageProps) {
  const { start, copied } = await newEntry(app, kind, search);
  return <EntryView key={`new ${copied?.of ?? ""}`} {...{ start, copied }} />;
}

export async function EntryPage({ app, kind, name, search }: PageProps & { name: string }) {
  const start = await entryStart(app, kind, name, search);
  return <EntryView key={`${kind} ${name}`} start={start} />;
}

/** As it stands in the address. */
export function nameIn(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
