/** Promotions: a commit of a project goes to a target by the project's own commands, with a person's approval. */
import type { Infrastructure } from "./infrastructure";

export const PROMOTION_STATES = [
  "preparing",
  "planning",
  "asked",
  "deploying",
  "smoking",
  "taking_back",
  "done",
  "taken_back",
  "failed",
  "rejected",
] as const;
/** How far a promotion has come. */
export type PromotionState = (typeof PROMOTION_STATES)[number];

/** Nothing more happens to one in these states. */
export const SETTLED: readonly PromotionState[] = ["done", "taken_back", "failed", "rejected"];

/** Nothing has changed at the target, and nobody has said that it may: one in these states can be rejected. */
export const UNDECIDED: readonly PromotionState[] = ["preparing", "planning", "asked"];

/** Its target may have the new version, so a person who stops it brings the former one back. */
export const UNDER_WAY: readonly PromotionState[] = ["deploying", "smoking"];

/** Where commits go, such as production, and by which commands of the project. */
export interface Target {
  /** Name of the target, such as `production`. */
  name: string;
  /** Prints what would change, which is what a person approves; null: nothing is printed. */
  plan: string | null;
  /** The command that deploys. */
  deploy: string;
  /** Shows that the new version works; null: nothing does. */
  smoke: string | null;
  /** Brings the former version back; null: `deploy` of the former commit does. */
  rollback: string | null;
  /** Names of secrets of the vault, by the variables that hold their values for the commands after the approval. */
  secrets: Record<string, string>;
  /** The same for the plan command, which runs before anybody has approved: secrets that can only read. */
  plan_secrets: Record<string, string>;
  /** Hosts that the commands reach, as in a policy. */
  hosts: string[];
  /** The commit that it has, as far as Banyan knows; null: none of Banyan's, or it is unknown. */
  commit: string | null;
  /** The commit that it may have: a promotion failed, and the former version did not come back. null: `commit` is known. */
  perhaps: string | null;
  /** When it got that commit, or may have got the other; null without one. */
  since: string | null;
}

/** One deployment of a project to a target, or one return to the former version. */
export interface Promotion {
  /** Id of the promotion. */
  id: string;
  /** Name of the project. */
  project: string;
  /** Name of the target. */
  target: string;
  /** `rollback`: a person wants the former version back. */
  kind: "promote" | "rollback";
  state: PromotionState;
  /** Why it is in this state, as a sentence; null: nothing is to be said. */
  why: string | null;
  /** Branch whose commit goes to the target; null: the project's. */
  branch: string | null;
  /** null: its files are not there yet. */
  commit: string | null;
  /** What the target had before; null: nothing of Banyan's. */
  former: string | null;
  /** What the plan command printed; null: there is none. */
  plan: string | null;
  /** What changed in its OpenAPI document since the version that the target has; null: one of them has none. */
  contract: PromotionContract | null;
  /** What was found in its files for Terraform, Kubernetes and Compose; null: it has none, or they are not read yet. */
  infrastructure: Infrastructure | null;
  /** Name of the person who asked for it. */
  asked_by: string;
  /** Name of the person who approved or rejected it; null: nobody has. */
  decided_by: string | null;
  created_at: string;
  /** When its state changed last. */
  changed_at: string;
}

/** How the contract of a service differs from that of the target. */
export interface PromotionContract {
  /** How many differences there are. */
  changes: number;
  /** Those that break clients, a sentence each; the first 20. */
  breaking: string[];
  /** Why the documents could not be compared, as a sentence; null: they were. */
  not_compared: string | null;
}

/** A promotion that waits for somebody to approve or reject it. */
export interface WaitingPromotion {
  /** Name of the project. */
  project: string;
  /** Id of the promotion. */
  promotion: string;
  /** Name of the target. */
  target: string;
  kind: Promotion["kind"];
  /** null: its files are not there yet, which no waiting one is. */
  commit: string | null;
  /** Name of the person who asked for it. */
  asked_by: string;
  /** Since when it waits. */
  at: string;
}

/** `GET /projects/:id/promotions`: the targets of a project, and its promotions, the newest first. */
export interface PromotionsOfProject {
  /** Where commits of the project go. */
  targets: Target[];
  /** The newest first: all that go on, and the newest 50 of those that are settled. */
  promotions: Promotion[];
  /** How many promotions there were. */
  promotions_total: number;
}
