/** The proof of a result: what was asked, shown, changed, spent and approved. Computed from the log and its rows. */
import type { Reason } from "@/core/log/reasons";
import type { ClaimMark, EndStatus } from "@/core/log/terms";
import type { ChangedFile } from "./files";
import type { Tree } from "./shapes";

/** What the tasks were asked. */
export interface ProofWords {
  /** `task`: the instruction. `message`: a message to a task that worked. `continued`: what continued an ended task. */
  kind: "task" | "message" | "continued";
  /** The words. */
  text: string;
  /** Name of the person. */
  by: string;
  /** When it was said. */
  at: string;
}

/** A claim of a proof, with the task that made it. */
export interface ProofClaim extends ClaimMark {
  /** The title of the task that claimed it, and its agent. */
  task: string;
  /** Name of the agent that made the claim. */
  agent: string;
  /** When the host ran the command; null when it ran none. */
  at: string | null;
  /** Name of the runner that ran the command; absent: the server's machine did, or nobody. */
  runner?: string;
  /** Who judged a claim without a command; null when nobody is recorded. */
  judged_by: {
    /** Name of the agent that judged. */
    agent: string;
    /** Model of that agent, as `provider/model`. */
    model: string;
  } | null;
}

/** A claim that did not hold when it was checked, before the result. */
export interface CorrectedClaim {
  /** What the agent had claimed. */
  statement: string;
  /** The command that did not show it; null: a judge did not find it true. */
  command: string | null;
  /** Exit status of the command; null when none ran to its end. */
  exit_status: number | null;
  /** When it was checked. */
  at: string;
}

/** A changed file, with the names that git gives its contents: null where the file does not exist. */
export interface ProofFile extends Pick<ChangedFile, "path" | "change" | "additions" | "deletions"> {
  /** Hash of its contents before; null: it did not exist. */
  blob_before: string | null;
  /** Hash of its contents after; null: it does not exist. */
  blob_after: string | null;
}

/** The files that a tree changed, as its proof shows them. */
export interface ProofFiles {
  /** The changed files. A long list is cut. */
  items: ProofFile[];
  /** Of all changed files, also those that the list leaves out. Lines are null when they could not be counted. */
  total: number;
  /** Lines that were added; null when they could not be counted. */
  additions: number | null;
  /** Lines that were removed; null when they could not be counted. */
  deletions: number | null;
  /** The snapshots of the folder that the lists compare; `from` is null where the folder was empty. */
  from: string | null;
  /** The last snapshot of the folder; null: there is none. */
  to: string | null;
  /** The name of the person's folder, or the address of the repository; null for a folder that was new. */
  folder: string | null;
  /** Why there is no list, as a sentence; null when there is one. */
  problem: string | null;
}

/** A decision or an answer about the work. */
export interface ProofDecision {
  /** What was decided; `grant`: a person added to the grant. */
  kind: "approval" | "question" | "proposal" | "flag" | "change" | "grant";
  /** How it was decided. */
  outcome: "approved" | "rejected" | "answered" | "withdrawn" | "granted";
  /** What was decided, as a title. */
  title: string;
  /** For an approval: the tool of the call; else null. */
  tool: string | null;
  /** What a person answered; null when it was only a yes or a no. */
  answer: string | null;
  /** null when nobody is recorded. */
  by: string | null;
  /** The reason of the rule that decided; null when a person did. */
  rule: string | null;
  /** When it was decided. */
  at: string;
}

/** What the tasks of one agent and model used. */
export interface ProofSpend {
  /** Name of the agent. */
  agent: string;
  /** The model, as `provider/model`. */
  model: string;
  /** Number of tasks. */
  tasks: number;
  /** Number of their turns. */
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
  /** Set when the tree was read from an archive: this installation has neither run nor checked it. */
  from_archive?: true;
  /** Title of the tree or task. */
  title: string;
  status: EndStatus;
  /** Why it failed or was stopped; null without such a reason. */
  reason: Reason | null;
  /** Details of the reason; null: none. */
  reason_detail: string | null;
  /** What its agent ended it with; null: nothing. */
  result: string | null;
  /** The first sentence of the result; null for JSON and without a result. */
  headline: string | null;
  /** How many tasks ended in each state. */
  counts: Tree["counts"];
  /** Name of the person who submitted the tree. */
  started_by: string;
  /** When the tree or task was made. */
  created_at: string;
  /** When it ended. */
  ended_at: string;
  /** What people asked, the oldest first. */
  asked: ProofWords[];
  /** The claims of the result, each with what its check came to. */
  claims: ProofClaim[];
  /** Claims that did not hold when they were checked, before the result. */
  corrected: CorrectedClaim[];
  files: ProofFiles;
  /** What people and rules decided, the oldest first. */
  decisions: ProofDecision[];
  /** What was used, by agent and model. */
  spend: ProofSpend[];
  /** What was used in all. */
  total: { tokens_in: number; tokens_out: number; cost_usd: number };
  /** What could have been used; null: no cap. */
  cap: {
    /** US dollars; null: no cap. */
    cost_usd: number | null;
    /** Tokens; null: no cap. */
    tokens: number | null;
  };
  /** The versions of Banyan whose servers worked meanwhile; empty when the journal no longer tells. */
  versions: {
    /** Version of Banyan. */
    version: string;
    /** Hash of the commit; null: it is not known. */
    commit: string | null;
  }[];
  /** The version that made the proof, and when. */
  made_with: string;
  /** When the proof was made. */
  made_at: string;
  /** The number of entries that each list leaves out because it would be too long. */
  left_out: {
    /** Of `asked`. */
    asked: number;
    /** Of `claims`. */
    claims: number;
    /** Of `corrected`. */
    corrected: number;
    /** Of the items of `files`. */
    files: number;
    /** Of `decisions`. */
    decisions: number;
    /** Of `spend`. */
    spend: number;
  };
}

/** How many days a link to a proof works: by default, and at most. */
export const PROOF_DAYS = 30;
export const MOST_PROOF_DAYS = 90;

/** A link by which a frozen proof can be read. Its secret is stored nowhere. */
export interface SharedProof {
  /** Id of the link; it is not the secret. */
  id: string;
  tree_id: string;
  /** Id of the task; null: the proof is of the whole tree. */
  task_id: string | null;
  /** Of the JSON of the frozen proof. */
  sha256: string;
  /** Name of the person who made the link. */
  shared_by: string;
  /** When the link was made. */
  shared_at: string;
  /** When the link stops working. */
  expires_at: string;
  /** Who ended it early, and when; null when nobody did. */
  ended_by: string | null;
  /** When somebody ended it early; null when nobody did. */
  ended_at: string | null;
  /** Whether it works now. */
  is_open: boolean;
}

/** What a link shows. */
export interface FrozenProof {
  proof: Proof;
  shared: SharedProof;
}
