/** Shapes of a review item with everything that a person needs to decide it, and of decided items. */
import type { FaultKind } from "@/core/log/faults";
import type { SeedOrigin, TaskStatus } from "@/core/log/terms";
import type { GateOutcome, PackageChange } from "./improving/gates";
import type { AgentsRelease } from "./improving/self";
import type { Trial } from "./improving/trials";
import type { Amounts, Review } from "./shapes";

/** A comment on an item, which the task reads with the decision, or a question, which the task reads immediately. */
export interface ReviewComment {
  /** Whether the task reads it with the decision (`comment`) or at once (`question`). */
  kind: "comment" | "question";
  /** Name of the person who wrote it. */
  by: string;
  /** When it was written. */
  at: string;
  /** Its words. */
  text: string;
}

/** How a call would change a file, as the folder is now. */
export interface FileChange {
  /** Path of the file, as the call names it. */
  path: string;
  /** The file's text; null when there is none yet, or with a `problem`. */
  before: string | null;
  /** Its text after the call; null with a `problem`. */
  after: string | null;
  /** Why the change cannot be shown, as a sentence; null when it can. */
  problem: string | null;
}

/** What a call would do, for a tool whose arguments alone do not show it. */
export interface CallPlan {
  /** As a sentence. */
  does: string;
  /** What it works with, such as the branch and the message of a commit. */
  parts: {
    /** What the part is, such as “branch”. */
    name: string;
    /** What the call would use for it. */
    text: string;
  }[];
  /** Files that it would write or stage. Of very many only the first. */
  files: string[];
  /** The number of all these files. */
  files_total: number;
  /** Why the call would fail as the folder is now, as a sentence; else null. */
  problem: string | null;
}

/** The exact call that would run. */
export interface ReviewedCall {
  /** Name of the tool. */
  tool: string;
  /** What the call can touch; null: it only reads, or works on its tree. */
  level: string | null;
  /** Why a person must approve when the tool's policy is not the reason; else null. */
  why: string | null;
  /** All arguments as JSON. */
  arguments: string;
  /** SHA-256 of the tool and its arguments. An approval covers exactly this call. */
  hash: string;
  /** For an open call that changes one file; else null. */
  change: FileChange | null;
  /** For an open call whose tool can say what it would do; else null. */
  plan: CallPlan | null;
  /** Hosts that it reaches. */
  hosts: string[];
  /** What Banyan can be asked to find out elsewhere about an open call: `GET /reviews/:id/push`, and `/packages`. */
  asks: ("push" | "packages")[];
  /** For an added server: how it is started, and the hash of the tool's schema. */
  server: {
    /** The name that the server would get. */
    name: string;
    /** The command line that starts it, or its address. */
    start: string;
    /** SHA-256 of the schema of the tool. */
    schema_hash: string;
  } | null;
}

/** A part of a proposal, compared with the live version. */
export interface ProposedPart {
  /** What part of the entry it is, such as `instruction`. */
  name: string;
  /** `list` has one entry per line; `patch` is a unified diff in `after`. */
  form: "text" | "list" | "line" | "code" | "patch";
  /** Its text in the live version; null: there was none. */
  before: string | null;
  /** Its text in the proposed version. */
  after: string;
  /** Whether the reviewer can change it before approving. */
  editable: boolean;
}

/** A file of a proposed change of Banyan's own source. */
export interface ReviewedFile {
  /** Path of the file in the source. */
  path: string;
  /** What the change does to the file. */
  change: "added" | "modified" | "deleted";
  /** null: not a text. */
  additions: number | null;
  /** Lines that are removed; null: not a text. */
  deletions: number | null;
  /** As the gates count it: `tests` also holds what decides how tests and checks run. */
  side: "source" | "tests";
}

/** What a gate said about a proposed change. */
export interface ReviewedGate {
  /** Name of the gate. */
  gate: string;
  outcome: GateOutcome;
  /** Whether the change could not be proposed without it. */
  required: boolean;
  /** What it found, in one sentence. */
  summary: string;
  /** How long it ran, in seconds. */
  seconds: number;
  /** Findings that a person has to look at. */
  flags: number;
  /** Findings for which it failed. */
  faults: number;
  /** Whether the whole gates, which run while the release is on trial, find out more; absent: this is all. */
  later?: true | undefined;
}

/** Something in a proposed change that a person has to look at. */
export interface ReviewedFlag {
  /** Name of the gate that found it. */
  gate: string;
  /** The file that it is about; null: none. */
  path: string | null;
  /** The line in that file, from 1; null: the whole file. */
  line: number | null;
  /** What a person has to look at, as a sentence. */
  text: string;
  /** The package whose change it names; the change lists its packages. */
  package?: string;
}

/** The effect that a change is judged by later. */
export interface ExpectedEffect {
  /** What the change should move, in the words of its author. */
  metric: string;
  /** Whether the metric should grow or shrink. */
  direction: "up" | "down";
  /** By how much, in the words of its author. */
  amount: string;
  /** How somebody measures it. */
  measured: string;
}

/** What happens now with a proposed change of Banyan. */
export interface ChangeStage {
  /** One or two words. */
  word: string;
  sentence: string;
  /** What a person may run next, on the machine. */
  commands: string[];
}

/** A proposed change of Banyan's own source, as facts. Its diff is the proposal's part of the form `patch`. */
export interface ReviewedChange {
  /** Its title, by the agent that proposed it. */
  title: string;
  /** Name of the branch that holds the change. */
  branch: string;
  /** Hash of the commit that was proposed. */
  commit: string;
  /** The commit of the release that it changes. */
  base: string;
  /** The files that it changes. */
  files: ReviewedFile[];
  /** In the order in which they ran. */
  gates: ReviewedGate[];
  /** What a person has to look at. */
  flags: ReviewedFlag[];
  /** Packages that it adds, replaces and removes. */
  packages: PackageChange[];
  expects: ExpectedEffect;
  /**
   * All other changes by agents that were released since a person's last release, because small steps add up. Without a
   * launcher: those that people have approved.
   */
  others_approved: {
    /** Number of the other changes. */
    changes: number;
    /** Lines that they added and removed. */
    lines: number;
  };
  /** What the launcher makes of it after approval; null before, and without a launcher. */
  release: AgentsRelease | null;
  stage: ChangeStage;
  /** The command that takes the approved branch into a checkout; null unless it is approved. */
  pull: string | null;
}

/** A file of the seeds that agents changed in a release. Approving the code approved no configuration. */
export interface ReviewedSeed extends SeedOrigin {
  /** Whether the release removes the file, and the proposal the entry. */
  removes: boolean;
}

/** A proposed version of an entry. */
export interface ReviewedProposal {
  /** What is proposed: a new version of an entry, or a change of Banyan's `code`. */
  kind: "agent" | "document" | "tool" | "runbook" | "code";
  /** Name of the entry; for code, that of its branch. */
  name: string;
  /** SHA-256 of the body. */
  hash: string;
  /** The reason of its author. */
  why: string;
  /** Name of the agent that proposed it, or the person. */
  proposed_by: string;
  /** The live version when it was proposed; null for a new entry. */
  base_version: number | null;
  /** Whether the live version has changed since, so that it cannot be approved. */
  stale: boolean;
  /** Parts that differ come first. */
  parts: ProposedPart[];
  /** Result of the host's test of its code; null without code. */
  tested: string | null;
  /** Of a proposal by a look at faults: the faults that it would prevent, as they were then. */
  faults: FaultKind[];
  /** Whether its author had read content from outside the tree. */
  tainted: boolean;
  /** Its dangers, one sentence each. */
  hazards: string[];
  /** For the kind `code`; else null. */
  change: ReviewedChange | null;
  /** The seed of a release by agents that it was made of; null: a task proposed it. */
  seed: ReviewedSeed | null;
  /** The trial of its version, once it is approved; null for code, for a new entry, and before. */
  trial: Trial | null;
}

interface SpentOf {
  /** What was used so far. */
  spent: Pick<Amounts, "cost_usd" | "tokens">;
  /** What may be used. */
  grant: Amounts;
}

/** A review item with the facts that a decision needs. */
export interface ReviewItem {
  review: Review;
  /** The task's ancestors and the task itself, root first. */
  path: {
    /** Id of the task. */
    id: string;
    /** Title of the task. */
    title: string;
  }[];
  /** Name of the agent of its task. */
  agent: string;
  task_status: TaskStatus;
  /** The message that opened the item. */
  seq: number | null;
  /** For an approval: the call; null for other items. */
  call: ReviewedCall | null;
  /** For a proposal: what it would change; null for other items. */
  proposal: ReviewedProposal | null;
  /** Answers that the question offers. */
  answers: string[];
  /** What each decision does, as sentences. */
  follows: {
    /** What approving or answering does. */
    approve: string;
    /** What rejecting does. */
    reject: string;
    /** What happens when nobody decides. */
    ignored: string;
    /** Whether and how a decision can be taken back. */
    undo: string;
  };
  /**
   * What the button that approves says: "Force-push" and "main". Without an object it is "Approve", or for a flag "Dealt
   * with".
   */
  button: {
    /** The verb of the button. */
    verb: string;
    /** What the verb acts on; empty: nothing in particular. */
    object: string;
  };
  /** Spend so far and grant, of the item's task and of its whole tree. */
  cost: {
    /** Of the task with its subtasks. */
    task: SpentOf;
    /** Of the whole tree. */
    tree: SpentOf;
  };
  /** Comments and questions of people, the oldest first. */
  comments: ReviewComment[];
  /** Why the current user cannot decide, approve, comment or ask; null when they can. Some may only reject. */
  may_not: {
    /** Why they cannot decide at all. */
    decide: string | null;
    /** Why they cannot approve. */
    approve: string | null;
    /** Why they cannot comment. */
    comment: string | null;
    /** Why they cannot ask the task. */
    ask: string | null;
  };
}

export interface DecidedQuery {
  /** Words in its title, detail or answer. */
  text?: string;
  kind?: Review["kind"];
  status?: Exclude<Review["status"], "open">;
  /** Who decided: part of a name, or `rule ID`. */
  by?: string;
  after?: string;
  limit?: number;
}

/** A review item with its decision. */
export interface DecidedReview extends Review {
  /** Name of the agent of its task. */
  agent: string;
  /** Title of its tree. */
  tree_title: string;
  /** For an approved proposal whose version is still live: what can be restored, in words; else null. */
  restorable: string | null;
}

/** One change of a rule. A field is null when this change did not set it. */
export interface RuleEvent {
  /** What was done with the rule: `off` revokes it, `on` brings it back. */
  what: "made" | "changed" | "off" | "on";
  /** Name of the person who did it. */
  by: string;
  /** When it was done. */
  at: string;
  /** The reason; null: this change did not set one. */
  why: string | null;
  /** The hours after which the rule expires; null: this change did not set them. */
  hours: number | null;
  /** Most calls that the rule approves; null: this change did not set it. */
  most_uses: number | null;
}
