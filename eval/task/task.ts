/** A task of the evaluation: what the agent gets, and how the host decides whether the task is done. */
import type { Amounts, Message, Tree } from "@/core/shapes/shapes";
import type { Reply } from "@/tests/agents/provider-script";

export interface EvalTask {
  name: string;
  /** What is tried, in a few words for readers of the table. */
  about: string;
  /** The root's agent; null: agent_selector chooses. */
  agent: string | null;
  instruction: string;
  /** Files of the workspace before the start, by their paths. */
  files: Record<string, string>;
  /** Replaces parts of `BUDGET`. */
  budget?: Partial<Amounts>;
  /** The check runs a command, so the task is left out where there is no sandbox. */
  needsSandbox?: boolean;
  /** What a person answers to a question; without it nobody can answer. */
  answer?: string;
  /** Returns null when the task is done, else one sentence that says why not. */
  check(ended: EndedTask): Verdict | Promise<Verdict>;
  /** Replies of a scripted model: those that do the task, and a likely wrong ending that the check must refuse. */
  scripts: { pass: Reply[]; wrong: Reply[] };
}

export type Verdict = string | null;

/** A task that has ended, as its check sees it. */
export interface EndedTask {
  tree: Tree;
  /** The root's result; empty without one. */
  result: string;
  /** The messages of all tasks of the tree. */
  log: Message[];
  /** Questions that reached a person. */
  questions: string[];
  /** Returns null when the file does not exist. */
  read(path: string): string | null;
  /** Paths of the files in the workspace, sorted. */
  list(): string[];
  /** Runs a command in a sandboxed copy of the workspace; `files` are written into the copy first. */
  run(command: string, files?: Record<string, string>): Promise<{ status: number | null; output: string }>;
}

/** More than any of these tasks needs. */
export const BUDGET: Pick<Amounts, "tokens" | "cost_usd" | "tasks" | "seconds"> = {
  tokens: 1_000_000,
  cost_usd: 1,
  tasks: 12,
  seconds: 900,
};
