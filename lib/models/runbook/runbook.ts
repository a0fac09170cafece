import type { Value } from "@/core/programs/json";
import type { Expression } from "./expression";
import type { TemplateNode } from "./template";

/** A runbook as `parseRunbook` returns it: fully checked, so following it meets no malformed parts. */
export interface Runbook {
  name: string;
  description: string;
  match: Matcher[];
  inputs: Map<string, RunbookInput>;
  /** At least one; the last one ends the task. */
  steps: Step[];
}

/** A phrase matches in any case and with any white space between its words. */
export type Matcher = { kind: "phrase"; words: string } | { kind: "pattern"; pattern: string };

export interface RunbookInput {
  description: string;
  /** Null without a default. */
  default: Value;
  required: boolean;
}

/** A value with templates in it. Text that is exactly one `{{expression}}` keeps the expression's type. */
export type ValueTemplate =
  | { kind: "fixed"; value: Value }
  | { kind: "expression"; expression: Expression }
  | { kind: "text"; nodes: TemplateNode[] }
  | { kind: "list"; elements: ValueTemplate[] }
  | { kind: "map"; entries: [string, ValueTemplate][] };

export interface Loop {
  list: Expression;
  item: string;
}

export type StepAction =
  | {
      verb: "call";
      tool: string;
      input: ValueTemplate;
      loop: Loop | null;
      expectJson: boolean;
      /** Calling it twice does no harm, so a call that was interrupted is repeated. */
      repeatable: boolean;
    }
  | {
      verb: "start_subtasks";
      loop: Loop | null;
      title: TemplateNode[];
      /** Null when the subtask's agent works freely from `instruction`. */
      runbook: string | null;
      inputs: ValueTemplate;
      agent: string;
      /** For people, and for agents without this runbook; comes after the line that names the runbook. */
      instruction: TemplateNode[];
    }
  | {
      verb: "ask";
      question: TemplateNode[];
      /** The answers offered below the question. */
      options: TemplateNode[][];
    }
  | { verb: "write"; path: TemplateNode[]; content: TemplateNode[] }
  | { verb: "render"; template: TemplateNode[] }
  | { verb: "set"; values: [string, ValueTemplate][] }
  | { verb: "check"; statement: TemplateNode[]; condition: Expression; evidence: TemplateNode[]; required: boolean }
  | {
      verb: "end";
      status: "success" | "failure";
      result: TemplateNode[] | null;
      resultJson: ValueTemplate | null;
      claims: ClaimTemplate[];
    };

/** A claim of the task's end. The host runs its command. */
export interface ClaimTemplate {
  statement: TemplateNode[];
  /** Null without a command: nothing then shows the claim. */
  command: TemplateNode[] | null;
  /** Text of the output, or an exit status; null: exit status 0. */
  expect: ValueTemplate | null;
}

export interface Step {
  /** From 1, in the order of the runbook. */
  number: number;
  title: string;
  when: Expression | null;
  save: string | null;
  onError: "stop" | "continue";
  action: StepAction;
}

export interface RunbookFault {
  /** From 1, in the runbook's text. */
  line: number;
  reason: string;
}

export const MAX_RUNBOOK_CHARS = 256_000;
export const MAX_STEPS = 100;
/** The most calls or subtasks of one step. */
export const MAX_ITEMS = 1_000;

/** Names that every expression can use, in addition to the values that steps have saved. */
export const BUILT_IN_NAMES = ["inputs", "task", "runbook", "checks", "errors"] as const;
