/** The composer's draft as the text of its fields, and the submission made from it. Pure except for `localStorage`. */
import { isGitUrl } from "@/components/pickers/git-url";
import type { Level } from "@/core/log/entries";
import type { Submission } from "@/core/shapes/submission";
import { EMPTY_GOAL, type GoalDraft } from "./empty-goal";
import { goalText } from "./goal-draft";
import type { Usual } from "./usual";

/** What a task can be done by. */
const WAYS = ["agent", "goal", "runbook"] as const;

export interface ComposerDraft extends GoalDraft {
  task: string;
  /** How to tell that the task is done. */
  criteria: string;
  /** An agent and a goal need a model, a runbook works without one. */
  by: (typeof WAYS)[number];
  /** "": `agent_selector` chooses. */
  agent: string;
  /** provider/model; "": the default model. */
  model: string;
  runbook: string;
  /** A project, whose repositories the task works in; "": the place is `workspace`. */
  project: string;
  /** A folder or a git URL; "": a fresh folder. */
  workspace: string;
  /** "yes": works in a copy of the folder, or of the project's. */
  copy: "" | "yes";
  /** Branch of the repository; "": its default branch. */
  branch: string;
  usd: string;
  /** For example "2 h 30 m"; a bare number means minutes. */
  time: string;
  tokens: string;
  tasks: string;
  depth: string;
  stepping: "automatic" | "manual";
  priority: string;
  /** A pool of runners, or `HERE`; "": as usual. */
  pool: string;
  /** The pool on which it is checked; "": where it works. */
  checksPool: string;
  /** Levels, separated by commas; "": the default. */
  rights: string;
  /** "yes": subtasks get only tools that the first agent has. */
  confined: "" | "yes";
  fixedShares: "" | "yes";
  /** Idempotency key, so that a draft sent twice makes one tree; "" until the first try. */
  once: string;
}

/** A place that the address of the page chooses. */
export type ChosenPlace = Pick<ComposerDraft, "workspace" | "project">;

export const EMPTY_DRAFT: ComposerDraft = {
  ...EMPTY_GOAL,
  task: "",
  criteria: "",
  by: "agent",
  agent: "",
  model: "",
  runbook: "",
  project: "",
  workspace: "",
  copy: "",
  branch: "",
  usd: "",
  time: "",
  tokens: "",
  tasks: "",
  depth: "",
  stepping: "automatic",
  priority: "0",
  pool: "",
  checksPool: "",
  rights: "",
  confined: "",
  fixedShares: "",
  once: "",
};

/** The choice of this server instead of a pool: no name of a pool has this character. */
export const HERE = ".";

/** What is wrong with a field, and what to do. */
export interface Problem {
  /** null: the problem concerns no single field. */
  field: keyof ComposerDraft | null;
  sentence: string;
}

const NOT_LOADED: { problem: Problem } = {
  problem: { field: null, sentence: "The fields of a goal are still loading. Start again in a moment." },
};

/** Longer texts belong in a file of the workspace. */
const MAX_TASK_CHARACTERS = 500_000;

/** Returns the submission, or the first problem. `unfinished` allows an empty task, for a template. */
export function submissionOf(
  draft: ComposerDraft,
  unfinished = false,
): { submission: Submission } | { problem: Problem } {
  const fault = unfinished && !draft.task.trim() ? null : faultOf(draft);
  if (fault) return { problem: fault };
  const grant = grantOf(draft);
  if ("problem" in grant) return grant;
  const goal = draft.by === "goal" ? (goalText()?.goalOf(draft) ?? NOT_LOADED) : null;
  if (goal && "problem" in goal) return goal;
  return {
    submission: {
      task: draft.task.trim(),
      ...(goal ? { goal: goal.fields } : { criteria: draft.criteria.trim() || undefined }),
      ...(draft.by === "runbook" ? { runbook: draft.runbook } : { model: draft.model.trim() || undefined }),
      ...(draft.by === "agent" && { agent: draft.agent || undefined }),
      ...placeOf(draft),
      grant: grant.amounts,
      rights: draft.rights ? (draft.rights.split(",") as Level[]) : undefined,
      confined: draft.confined === "yes" || undefined,
      fixed_shares: draft.fixedShares === "yes" || undefined,
      stepping: draft.by !== "goal" && draft.stepping === "manual" ? "manual" : undefined,
      priority: Number(draft.priority) || 0,
      pool: draft.pool === HERE ? null : draft.pool || undefined,
      checks_pool: draft.checksPool || undefined,
    },
  };
}

function placeOf(draft: ComposerDraft): Pick<Submission, "project" | "workspace" | "copy" | "repository"> {
  if (draft.project) return { project: draft.project, copy: draft.copy === "yes" || undefined };
  const workspace = draft.workspace.trim();
  const branch = draft.branch.trim();
  return isGitUrl(workspace)
    ? { repository: { url: workspace, ...(branch && { branch }) } }
    : { workspace: workspace || undefined, copy: (workspace !== "" && draft.copy === "yes") || undefined };
}

function faultOf(draft: ComposerDraft): Problem | null {
  const task = draft.task.trim();
  if (!task) return { field: "task", sentence: "Say what should be done." };
  if (task.length > MAX_TASK_CHARACTERS) {
    const sentence =
      "The task is longer than 500,000 characters. Put long material in a file of the workspace and name the file.";
    return { field: "task", sentence };
  }
  if (draft.by === "runbook" && !draft.runbook)
    return { field: "runbook", sentence: "There are no runbooks. Choose an agent." };
  const isNowhere = draft.project === "" && draft.workspace.trim() === "";
  if (draft.by === "runbook" && OF_A_FOLDER.includes(draft.runbook) && isNowhere && !/https?:\/\/|git@/.test(task))
    return { field: "workspace", sentence: `${draft.runbook} looks at a folder: choose yours.` };
  return null;
}

/** Runbooks that look at what is in the workspace, so that a fresh folder has nothing for them. */
const OF_A_FOLDER = ["repository-survey", "dependency-check"];

/** Each cap: its field in the draft, its unit in the grant, and the error for an invalid value. */
const CAPS = [
  ["usd", "cost_usd", "Money must be a dollar amount above 0, or “none” for no cap."],
  ["tokens", "tokens", "Tokens must be a whole number above 0. Leave it empty for no cap."],
  ["tasks", "tasks", "Tasks must be a whole number above 0. Leave it empty for no cap."],
  ["depth", "depth", "Depth must be a whole number above 0. Leave it empty for no cap."],
] as const;

function grantOf(draft: ComposerDraft): { amounts: Submission["grant"] } | { problem: Problem } {
  const amounts: NonNullable<Submission["grant"]> = {};
  for (const [field, unit, sentence] of CAPS) {
    if (field === "usd" && isNoCap(draft.usd)) {
      amounts.cost_usd = null;
      continue;
    }
    const amount = amountOf(draft[field]);
    if (amount === undefined || (field !== "usd" && amount !== null && !Number.isInteger(amount)))
      return { problem: { field, sentence } };
    if (amount !== null) amounts[unit] = amount;
  }
  const seconds = secondsOf(draft.time);
  if (seconds === undefined)
    return { problem: { field: "time", sentence: "Write the time as 45 m, 2 h or 1 h 30 m, or leave it empty." } };
  if (seconds !== null) amounts.seconds = seconds;
  return { amounts: Object.keys(amounts).length > 0 ? amounts : undefined };
}

/**
 * The cap on money that the tree gets when the field is empty, in dollars; null: none, undefined: `usual` is not known yet.
 * Runbooks call no model, so the installation gives their trees none, and none beside a cap on tokens.
 */
export function defaultUsdOf(
  draft: Pick<ComposerDraft, "by" | "model" | "tokens">,
  usual: Pick<Usual, "model" | "projectUsd" | "treeUsd"> | null,
): number | null | undefined {
  if (usual === null) return undefined;
  return usual.projectUsd ?? (isFree(draft, usual) || draft.tokens.trim() ? null : usual.treeUsd);
}

/** Whether a runbook does it, which calls no model. */
export function isFree(
  { by, model }: Pick<ComposerDraft, "by" | "model">,
  usual: Pick<Usual, "model"> | null,
): boolean {
  return by === "runbook" || (by === "agent" && (model.trim() || usual?.model) === "runbook");
}

/** Whether the money field declines the cap that a tree gets by default. */
export function isNoCap(usd: string): boolean {
  return ["none", "no cap"].includes(usd.trim().toLowerCase());
}

/** Returns null for an empty field, undefined for text that is not an amount. */
export function amountOf(text: string): number | null | undefined {
  const plain = text.replace(/[$\s,_]/g, "");
  if (plain === "") return null;
  const value = Number(plain);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

const UNIT_SECONDS: Record<string, number> = { d: 86_400, h: 3_600, m: 60, s: 1 };

/** Reads "1 h 30 m", "1.5h", or "90" for minutes. Returns null for an empty field, undefined for other text. */
export function secondsOf(text: string): number | null | undefined {
  const plain = text.trim().toLowerCase();
  if (plain === "") return null;
  if (/^\d+(\.\d+)?$/.test(plain)) return Number(plain) > 0 ? Number(plain) * 60 : undefined;
  const part = /(\d+(?:\.\d+)?)\s*(d|h|m|s)[a-z]*\s*/g;
  if (plain.replace(part, "") !== "") return undefined;
  const sum = [...plain.matchAll(part)].reduce(
    (all, [, amount, unit]) => all + Number(amount) * (UNIT_SECONDS[unit ?? ""] ?? 0),
    0,
  );
  return sum > 0 ? sum : undefined;
}

/** Returns a template as a draft. Fields that the template does not set keep their values from `start`. */
export function draftOf(submission: Submission, start: ComposerDraft): ComposerDraft {
  const { grant = {}, repository, rights, runbook } = submission;
  const text = (value: number | null | undefined) => (value === null || value === undefined ? "" : String(value));
  return {
    ...start,
    task: submission.task,
    criteria: submission.criteria ?? "",
    ...(goalText()?.goalDraftOf(submission.goal) ?? EMPTY_GOAL),
    by: submission.goal ? "goal" : runbook ? "runbook" : "agent",
    agent: submission.agent ?? "",
    model: submission.model ?? "",
    runbook: runbook ?? start.runbook,
    project: submission.project ?? "",
    workspace: repository?.url ?? submission.workspace ?? "",
    copy: submission.copy ? "yes" : "",
    branch: repository?.branch ?? "",
    usd: grant.cost_usd === null ? "none" : text(grant.cost_usd),
    time: grant.seconds ? timeText(grant.seconds) : "",
    tokens: text(grant.tokens),
    tasks: text(grant.tasks),
    depth: text(grant.depth),
    stepping: submission.stepping ?? "automatic",
    priority: String(submission.priority ?? 0),
    pool: submission.pool === null ? HERE : (submission.pool ?? ""),
    checksPool: submission.checks_pool ?? "",
    rights: rights?.join(",") ?? "",
    confined: submission.confined ? "yes" : "",
    fixedShares: submission.fixed_shares ? "yes" : "",
    once: "",
  };
}

function timeText(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / 3_600), "h"],
    [Math.floor((seconds % 3_600) / 60), "m"],
    [seconds % 60, "s"],
  ];
  return parts.flatMap(([amount, unit]) => (amount > 0 ? [`${amount} ${unit}`] : [])).join(" ");
}

const STORAGE_KEY = "banyan.new-task";
const FOLDER_KEY = "banyan.last-folder";

export function loadDraft(): ComposerDraft | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "null");
    if (typeof kept !== "object" || kept === null) return null;
    const texts = Object.entries(kept).filter(([key, value]) => key in EMPTY_DRAFT && typeof value === "string");
    const draft = { ...EMPTY_DRAFT, ...Object.fromEntries(texts) };
    return {
      ...draft,
      by: WAYS.find((one) => one === draft.by) ?? "agent",
      stepping: draft.stepping === "manual" ? "manual" : "automatic",
      confined: draft.confined === "yes" ? "yes" : "",
      fixedShares: draft.fixedShares === "yes" ? "yes" : "",
      copy: draft.copy === "yes" ? "yes" : "",
    };
  } catch {
    return null;
  }
}

export function keepDraft(draft: ComposerDraft | null): void {
  try {
    if (draft === null) localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, JSON.stringify(draft));
  } catch {
    // Storage is off or full, so no draft is saved. The field still holds the text.
  }
}

/** The folder in which the last task of this browser began; "": none, or a fresh folder. */
export function lastFolder(): string {
  try {
    return localStorage.getItem(FOLDER_KEY) ?? "";
  } catch {
    return "";
  }
}

export function keepFolder(folder: string): void {
  try {
    localStorage.setItem(FOLDER_KEY, folder.trim());
  } catch {
    // Storage is off or full: the next task begins without a folder.
  }
}
