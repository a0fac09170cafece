import type { SeedOrigin } from "@/core/log/terms";
import type { ConfigKind } from "./configuration";

export interface Proposal {
  review: string;
  kind: ConfigKind | "code";
  name: string;
  /** null: the entry is to be removed. */
  body: unknown;
  /** SHA-256 of the body. */
  hash: string;
  why: string;
  /** The live version when the proposal was made; null when the entry was new. */
  baseVersion: number | null;
  status: "open" | "approved" | "rejected" | "withdrawn";
  proposedBy: string;
  /** Public ids of the proposing task and of its parent, which is null for the root. */
  task: string;
  parent: string | null;
  tree: string;
  /** Who submitted the tree. */
  submittedBy: string;
  /** The version that its approval made; null before, and for approvals from before versions could be on trial. */
  version: number | null;
  /** The seed that it was made of; null: a task has made it. */
  seed: SeedOrigin | null;
}
