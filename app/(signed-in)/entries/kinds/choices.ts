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

/** The options of the agent form. */
export interface Choices {
  documents: { name: string; tokens: number }[];
  tools: ListedTool[];
  levels: HostPolicy["levels"];
  defaultModel: string;
  /** The connected providers. */
  providers: string[];
}

export interface OpenProposal {
  proposal: EntryProposal;
  review: Review;
}

/** The source of a copied entry. */
export interface Copied {
  of: string;
  fields: EntryFields;
}

/** The data of the page of an entry. */
export interface EntryStart {
  kind: EntryKind;
  /** Empty for a new entry. */
  name: string;
  /** null if the entry is new, removed or only proposed. */
  entry: Entry | null;
  /** Its row in the list. */
  listed: ListedEntry | null;
  versions: EntryVersion[];
  compared: { from: Entry | null; to: Entry } | null;
  proposals: OpenProposal[];
  choices: Choices;
  may: { edit: boolean; run: boolean; decide: boolean };
}
