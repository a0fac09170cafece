/** The proof of a result: what was asked, shown, changed, spent and approved. Computed from the log and its rows. */
import type { Reason } from "@/core/log/reasons";
import type { ClaimMark, EndStatus } from "@/core/log/terms";
import type { ChangedFile } from "./files";
import type { Tree } from "./shapes";

/** What the tasks were asked. */
export interface ProofWords {
  /** `task`: the instruction. `message`: a message to a task that worked. `continued`: what continued an ended task. */
  kind: "task" | "message" | "continued";
  text: string;
  by: string;
  at: string;
}

/** A claim of a proof, with the task that made it. */
export interface ProofClaim extends ClaimMark {
  /** The title of the task that claimed it, and its agent. */
  task: string;
  agent: string;
  /** When the host ran the command; null when it ran none. */
  at: string | null;
  /** Who judged a claim without a command; null when nobody is recorded. */
  judged_by: { agent: string; model: string } | null;
}

/** A claim that did not hold when it was checked, before the result. */
export interface CorrectedClaim {
  statement: string;
  command: string | null;
  exit_status: number | null;
  at: string;
}

/** A changed file, with the names that git gives its contents: null where the file does not exist. */
export interface ProofFile extends Pick<ChangedFile, "path" | "change" | "additions" | "deletions"> {
  blob_before: string | null;
  blob_after: string | null;
}

/** The files that a tree changed, as its proof shows them. */
export interface ProofFiles {
  items: ProofFile[];
  /** Of all changed files, also those that the list leaves out. Lines are null when they could not be counted. */
  total: number;
  additions: number | null;
  deletions: number | null;
  /** The snapshots of the folder that the lists compare; `from` is null where the folder was empty. */
  from: string | null;
  to: string | null;
  /** The name of the person's folder, or the address of the repository; null for a folder that was new. */
  folder: string | null;
  /** Why there is no list, as a sentence; null when there is one. */
  problem: string | null;
}

/** A decision or an answer about the work. */
export interface ProofDecision {
  kind: "approval" | "question" | "proposal" | "flag" | "change" | "grant";
  outcome: "approved" | "rejected" | "answered" | "withdrawn" | "granted";
  title: string;
  tool: string | null;
  /** What a person answered; null when it was only a yes or a no. */
  answer: string | null;
  /** null when nobody is recorded. */
  by: string | null;
  /** The reason of the rule that decided; null when a person did. */
  rule: string | null;
  at: string;
}

/** What the tasks of one agent and model used. */
export interface ProofSpend {
  agent: string;
  model: string;
  tasks: number;
  turns: number;
  tokens_in: number;
  tokens_out: number;
  cost_usd: number;
}

/** `GET /trees/:id/proof` and `GET /tasks/:id/proof`. */
export interface Proof {
  tree_id: string;
  /** null: the proof is of the whole tree. */
  task_id: string | null;
  title: string;
  status: EndStatus;
  reason: Reason | null;
  reason_detail: string | null;
  result: string | null;
  /** The first sentence of the result; null for JSON and without a result. */
  headline: string | null;
  /** How many tasks ended in each state. */
  counts: Tree["counts"];
  started_by: string;
  created_at: string;
  ended_at: string;
  asked: ProofWords[];
  claims: ProofClaim[];
  corrected: CorrectedClaim[];
  files: ProofFiles;
  decisions: ProofDecision[];
  spend: ProofSpend[];
  total: { tokens_in: number; tokens_out: number; cost_usd: number };
  cap: { cost_usd: number | null; tokens: number | null };
  /** The versions of Banyan whose servers worked meanwhile; empty when the journal no longer tells. */
  versions: { version: string; commit: string | null }[];
  /** The version that made the proof, and when. */
  made_with: string;
  made_at: string;
  /** The number of entries that each list leaves out because it would be too long. */
  left_out: { asked: number; claims: number; corrected: number; files: number; decisions: number; spend: number };
}

/** How many days a link to a proof works: by default, and at most. */
export const PROOF_DAYS = 30;
export const MOST_PROOF_DAYS = 90;

/** A link by which a frozen proof can be read. Its secret is stored nowhere. */
export interface SharedProof {
  id: string;
  tree_id: string;
  task_id: string | null;
  /** Of the JSON of the frozen proof. */
  sha256: string;
  shared_by: string;
  shared_at: string;
  expires_at: string;
  /** Who ended it early, and when; null when nobody did. */
  ended_by: string | null;
  ended_at: string | null;
  /** Whether it works now. */
  is_open: boolean;
}

/** What a link shows. */
export interface FrozenProof {
  proof: Proof;
  shared: SharedProof;
}
