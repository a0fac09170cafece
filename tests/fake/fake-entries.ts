/** The read-only configuration of the fake application. */
import { type Queries, UserError } from "@/agents/application";
import type { EntryKind, ListedEntry } from "@/core/shapes/configuration";

type Names = Record<EntryKind, { name: string; description: string }[]>;

type FakeEntries = {
  queries: Pick<
    Queries,
    | "listEntries"
    | "listRemoved"
    | "getEntry"
    | "listVersions"
    | "getVersion"
    | "listEntryProposals"
    | "exportEntries"
    | "previewImport"
    | "listTrials"
    | "getTrial"
    | "getPersonVerdict"
  >;
};

export function fakeEntries(names: Names): FakeEntries {
  const unsupported = async (): Promise<never> => {
    throw new UserError("unavailable", "The fake server has no configuration.");
  };
  const listed = (kind: EntryKind, { name, description }: { name: string; description: string }): ListedEntry => ({
    kind,
    name,
    description,
    version: 1,
    edited: false,
    origin: "seed",
    by: "seed",
    why: "first seed",
    edited_at: "2026-01-01T00:00:00.000Z",
    proposals: 0,
    tokens: 0,
    tools: [],
    documents: [],
    agents: [],
    runbooks: [],
    model: kind === "agent" ? "inherit" : null,
    runs: kind !== "document" ? { ended: 0, succeeded: 0 } : null,
  });
  return {
    queries: {
      listEntries: async (kind) => names[kind].map((name) => listed(kind, name)),
      listRemoved: async () => [],
      getEntry: unsupported,
      listVersions: unsupported,
      getVersion: unsupported,
      listEntryProposals: async () => [],
      exportEntries: async () => [],
      previewImport: unsupported,
      listTrials: async () => [],
      getTrial: unsupported,
      getPersonVerdict: async () => null,
    },
  };
}
