import type { ListedTool } from "@/agents/application";
import type { HostPolicy } from "@/core/rules/policy";
import type {
  Entry,
  EntryFields,
  EntryKind,
  EntryProposal,
  EntryVersion,
  ListedEntry,
} from "@/core/shapes/configuration";
import type { Review } from "@/core/shapes/shapes";

/** What an agent can be given. */
export interface Choices {
  documents: { name: string; tokens: number }[];
  tools: ListedTool[];
  levels: HostPolicy["levels"];
  defaultModel: string;
  /** Providers that can be used as configured. */
  providers: string[];
}

export interface OpenProposal {
  proposal: EntryProposal;
  review: Review;
}

/** What a new entry begins with when it is not empty. */
export interface Copied {
  of: string;
  fields: EntryFields;
}

/** What the page of one entry is made of. */
export interface EntryStart {
  kind: EntryKind;
  /** Empty: of a new one. */
  name: string;
  /** null: it is new, was removed, or is only proposed. */
  entry: Entry | null;
  /** How the list shows it. */
  listed: ListedEntry | null;
  versions: EntryVersion[];
  compared: { from: Entry | null; to: Entry } | null;
  proposals: OpenProposal[];
  choices: Choices;
  may: { edit: boolean; run: boolean; decide: boolean };
}
