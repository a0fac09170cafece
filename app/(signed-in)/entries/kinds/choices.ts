import type { ListedTool } from "@/agents/application";
import type {
  Entry,
  EntryFields,
  EntryKind,
  EntryProposal,
  EntryVersion,
  ListedEntry,
} from "@/core/shapes/configuration";
import type { Trial } from "@/core/shapes/improving/trials";
import type { ReviewItem } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";

/** The options of the agent form. */
export interface Choices {
  documents: { name: string; tokens: number }[];
  tools: ListedTool[];
  defaultModel: string;
  /** The connected providers. */
  providers: string[];
}

export interface OpenProposal {
  proposal: EntryProposal;
  review: Review;
  /** Why the reader cannot decide or approve it; null when they can. */
  mayNot: Pick<ReviewItem["may_not"], "decide" | "approve">;
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
  /** Newest first. */
  trials: Trial[];
  choices: Choices;
  may: { edit: boolean; run: boolean; decide: boolean };
}
