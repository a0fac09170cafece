/** What a person typed into the composer, as the text of its fields, and what it asks for. Pure but for the browser's store. */
import type { Level } from "@/core/log/entries";
import type { Submission } from "@/core/shapes/shapes";

export interface ComposerDraft {
  task: string;
  /** How somebody will know that it is done. */
  criteria: string;
  /** Who does it: an agent, with a model, or a runbook, without one. */
  by: "agent" | "runbook";
  /** "" is the one that agent_selector chooses. */
  agent: string;
  /** "" is the default model; else provider/model. */
  model: string;
  runbook: string;
  /** A folder, or the address of a git repository; "": a fresh folder. */
  workspace: string;
  /** Of a repository; "": its own. */
  branch: string;
  usd: string;
  /** As in "2 h 30 m"; a bare number is minutes. */
  time: string;
  tokens: string;
  tasks: string;
  depth: string;
  stepping: "automatic" | "manual";
  priority: string;
  /** With commas between them; "" is what is usual. */
  rights: string;
  /** "yes": no subtask gets a tool that the first agent lacks. */
  confined: "" | "yes";
  /** Goes with what is sent, so that what is sent twice makes one tree; "" until it is sent. */
  once: string;
}

export const EMPTY_DRAFT: ComposerDraft = {
  task: "",
  criteria: "",
  by: "agent",
  agent: "",
  model: "",
  runbook: "",
  workspace: "",
  branch: "",
  usd: "",
  time: "",
  tokens: "",
  tasks: "",
  depth: "",
  stepping: "automatic",
  priority: "0",
  rights: "",
  confined: "",
  once: "",
};

/** What is wrong with a field, and what to do. */
export interface Problem {
  /** null: it is about no one field. */
  field: keyof ComposerDraft | null;
  sentence: string;
}

/** The longest task that is sent; more belongs into a file. */
const MAX_TASK_CHARACTERS = 500_000;

/** `unfinished`: as a template, whose task somebody writes later. */
export function submissionOf(
  draft: ComposerDraft,
  unfinished = false,
): { submission: Submission } | { problem: Problem } {
  const fault = unfinished && !draft.task.trim() ? null : faultOf(draft);
  if (fault) return { problem: fault };
  const grant = grantOf(draft);
  if ("problem" in grant) return grant;
  const workspace = draft.workspace.trim();
  const branch = draft.branch.trim();
  const place = isRepository(workspace)
    ? { repository: { url: workspace, ...(branch && { branch }) } }
    : { workspace: workspace || undefined };
  return {
    submission: {
      task: draft.task.trim(),
      criteria: draft.criteria.trim() || undefined,
      ...(draft.by === "runbook"
        ? { runbook: draft.runbook }
        : { agent: draft.agent || undefined, model: draft.model.trim() || undefined }),
      ...place,
      grant: grant.amounts,
      rights: draft.rights ? (draft.rights.split(",") as Level[]) : undefined,
      confined: draft.confined === "yes" || undefined,
      stepping: draft.stepping === "manual" ? "manual" : undefined,
      priority: Number(draft.priority) || 0,
    },
  };
}

function faultOf(draft: ComposerDraft): Problem | null {
  const task = draft.task.trim();
  if (!task) return { field: "task", sentence: "Say what should be done." };
  if (task.length > MAX_TASK_CHARACTERS) {
    const sentence =
      "The task is longer than 500,000 characters. Put long material into a file of the workspace and name it.";
    return { field: "task", sentence };
  }
  if (draft.by === "runbook" && !draft.runbook)
    return { field: "runbook", sentence: "There is no runbook to follow: choose an agent." };
  return null;
}

/** By which field each cap is typed, and what is said when it is none. */
const CAPS = [
  ["usd", "cost_usd", "The money must be a number of dollars above 0, or empty for no cap."],
  ["tokens", "tokens", "The tokens must be a number above 0, or empty for no cap."],
  ["tasks", "tasks", "The tasks must be a whole number above 0, or empty for no cap."],
  ["depth", "depth", "The depth must be a whole number above 0, or empty for no cap."],
] as const;

function grantOf(draft: ComposerDraft): { amounts: Submission["grant"] } | { problem: Problem } {
  const amounts: NonNullable<Submission["grant"]> = {};
  for (const [field, unit, sentence] of CAPS) {
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

/** null where the field is empty, undefined where it is no amount. */
function amountOf(text: string): number | null | undefined {
  const plain = text.replace(/[$\s,_]/g, "");
  if (plain === "") return null;
  const value = Number(plain);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

const UNIT_SECONDS: Record<string, number> = { d: 86_400, h: 3_600, m: 60, s: 1 };

/** "1 h 30 m", "1.5h", "90": minutes. */
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

/** An address that git understands, and no path of this machine. */
export function isRepository(workspace: string): boolean {
  return /^(?:[a-z+]+:\/\/|[\w.-]+@[\w.-]+:)/i.test(workspace.trim());
}

/** A template's fields; what it does not name is as at the start. */
export function draftOf(submission: Submission, start: ComposerDraft): ComposerDraft {
  const { grant = {}, repository, rights, runbook } = submission;
  const text = (value: number | null | undefined) => (value === null || value === undefined ? "" : String(value));
  return {
    ...start,
    task: submission.task,
    criteria: submission.criteria ?? "",
    by: runbook ? "runbook" : "agent",
    agent: submission.agent ?? "",
    model: submission.model ?? "",
    runbook: runbook ?? start.runbook,
    workspace: repository?.url ?? submission.workspace ?? "",
    branch: repository?.branch ?? "",
    usd: text(grant.cost_usd),
    time: grant.seconds ? timeText(grant.seconds) : "",
    tokens: text(grant.tokens),
    tasks: text(grant.tasks),
    depth: text(grant.depth),
    stepping: submission.stepping ?? "automatic",
    priority: String(submission.priority ?? 0),
    rights: rights?.join(",") ?? "",
    confined: submission.confined ? "yes" : "",
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

export function loadDraft(): ComposerDraft | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "null");
    if (typeof kept !== "object" || kept === null) return null;
    const texts = Object.entries(kept).filter(([key, value]) => key in EMPTY_DRAFT && typeof value === "string");
    const draft = { ...EMPTY_DRAFT, ...Object.fromEntries(texts) };
    return {
      ...draft,
      by: draft.by === "runbook" ? "runbook" : "agent",
      stepping: draft.stepping === "manual" ? "manual" : "automatic",
      confined: draft.confined === "yes" ? "yes" : "",
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
    // A browser without storage, or with a full one, keeps no draft; the field still holds the text.
  }
}
