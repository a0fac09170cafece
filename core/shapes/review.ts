/** Shapes of a review item with everything that a person needs to decide it, and of decided items. */

import type { FaultKind } from "@/core/log/faults";
import type { SeedOrigin, TaskStatus } from "@/core/log/terms";
import type { GateOutcome, PackageChange } from "./improving/gates";
import type { AgentsRelease } from "./improving/self";
import type { Trial } from "./improving/trials";
import type { Amounts, Review } from "./shapes";

/** A comment on an item, which the task reads with the decision, or a question, which the task reads immediately. */
export interface ReviewComment {
  kind: "comment" | "question";
  by: string;
  at: string;
  text: string;
}

/** How a call would change a file, as the folder is now. */
export interface FileChange {
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
  parts: { name: string; text: string }[];
  /** Files that it would write or stage. Of very many only the first. */
  files: string[];
  /** The number of all these files. */
  files_total: number;
  /** Why the call would fail as the folder is now, as a sentence; else null. */
  problem: string | null;
}

/** The exact call that would run. */
export interface ReviewedCall {
  tool: string;
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
  server: { name: string; start: string; schema_hash: string } | null;
}

/** What Banyan found out elsewhere about an open call. */
export interface FoundOut<Body> {
  found: Body | null;
  /** Why Banyan could not find it out, as a sentence; else null. */
  problem: string | null;
}

/** A commit, as its author wrote it. */
export interface ComparedCommit {
  commit: string;
  subject: string;
  author: string;
  at: string;
}

/** Commits of one side of a force-push. */
export interface ComparedCommits {
  /** The newest. */
  commits: ComparedCommit[];
  /** The number of all. */
  total: number;
}

/** `GET /reviews/:id/push`: what a force-push would change on its remote, as Banyan has just read it. */
export interface PushComparison {
  /** Without a user or a password. */
  url: string;
  /** `host`, or `host:port`. */
  host: string;
  branch: string;
  /** The remote has no such branch yet. */
  is_new: boolean;
  /** Commits that only the remote's branch has. */
  loses: ComparedCommits;
  /** Commits that the branch gets. */
  gains: ComparedCommits;
  /** Whether the call may reach the remote at all. */
  reaches: boolean;
  looked_at: string;
}

/** What the registry says of a version of a package. */
export interface FoundPackage {
  name: string;
  version: string;
  /** ISO; null, as below: the registry does not say it. */
  published_at: string | null;
  published_by: string | null;
  /** Who published the version before; null also for the first. */
  before_by: string | null;
  files: number | null;
  bytes: number | null;
  license: string | null;
  /** It runs a script when it is installed. */
  has_install_script: boolean;
  /** The deprecation notice of its authors; null: none. */
  deprecated: string | null;
}

/** What is known of a package that a call would install. */
export interface PackageFacts {
  /** As the command names it. */
  spec: string;
  /** The version that it means now; null: the registry has none. */
  found: FoundPackage | null;
}

/** `GET /reviews/:id/packages`: what npm's registry says now of the packages that a call installs by name. */
export interface PackagesFacts {
  /** Of the registry. */
  host: string;
  packages: PackageFacts[];
  /** Number of further packages that were not asked for. */
  left_out: number;
  looked_at: string;
}

/** A part of a proposal, compared with the live version. */
export interface ProposedPart {
  name: string;
  /** `list` has one entry per line; `patch` is a unified diff in `after`. */
  form: "text" | "list" | "line" | "code" | "patch";
  before: string | null;
  after: string;
  /** Whether the reviewer can change it before approving. */
  editable: boolean;
}

/** A file of a proposed change of Banyan's own source. */
export interface ReviewedFile {
  path: string;
  change: "added" | "modified" | "deleted";
  /** null: not a text. */
  additions: number | null;
  deletions: number | null;
  /** As the gates count it: `tests` also holds what decides how tests and checks run. */
  side: "source" | "tests";
}

/** What a gate said about a proposed change. */
export interface ReviewedGate {
  gate: string;
  outcome: GateOutcome;
  /** Whether the change could not be proposed without it. */
  required: boolean;
  summary: string;
  seconds: number;
  /** Findings that a person has to look at. */
  flags: number;
  faults: number;
  /** Whether the whole gates, which run while the release is on trial, find out more; absent: this is all. */
  later?: true | undefined;
}

/** Something in a proposed change that a person has to look at. */
export interface ReviewedFlag {
  gate: string;
  path: string | null;
  line: number | null;
  text: string;
  /** The package whose change it names; the change lists its packages. */
  package?: string;
}

/** The effect that a change is judged by later. */
export interface ExpectedEffect {
  metric: string;
  direction: "up" | "down";
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
  title: string;
  branch: string;
  commit: string;
  /** The commit of the release that it changes. */
  base: string;
  files: ReviewedFile[];
  /** In the order in which they ran. */
  gates: ReviewedGate[];
  flags: ReviewedFlag[];
  /** Packages that it adds, replaces and removes. */
  packages: PackageChange[];
  expects: ExpectedEffect;
  /**
   * All other changes by agents that were released since a person's last release, because small steps add up. Without a
   * launcher: those that people have approved.
   */
  others_approved: { changes: number; lines: number };
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
  kind: "agent" | "document" | "tool" | "runbook" | "code";
  name: string;
  /** SHA-256 of the body. */
  hash: string;
  why: string;
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

/** A review item with the facts that a decision needs. */
export interface ReviewItem {
  review: Review;
  /** The task's ancestors and the task itself, root first. */
  path: { id: string; title: string }[];
  agent: string;
  task_status: TaskStatus;
  /** The message that opened the item. */
  seq: number | null;
  call: ReviewedCall | null;
  proposal: ReviewedProposal | null;
  /** Answers that the question offers. */
  answers: string[];
  follows: { approve: string; reject: string; ignored: string; undo: string };
  /** What the button that approves says: "Force-push" and "main". Without an object it is "Approve", or for a flag "Dealt with". */
  button: { verb: string; object: string };
  /** Spend so far and grant, of the item's task and of its whole tree. */
  cost: Record<"task" | "tree", { spent: Pick<Amounts, "cost_usd" | "tokens">; grant: Amounts }>;
  comments: ReviewComment[];
  /** Why the current user cannot decide, approve, comment or ask; null when they can. Some may only reject. */
  may_not: Record<"decide" | "approve" | "comment" | "ask", string | null>;
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
  agent: string;
  tree_title: string;
  /** For an approved proposal whose version is still live: what can be restored, in words; else null. */
  restorable: string | null;
}

/** One change of a rule. A field is null when this change did not set it. */
export interface RuleEvent {
  what: "made" | "changed" | "off" | "on";
  by: string;
  at: string;
  why: string | null;
  hours: number | null;
  most_uses: number | null;
}
