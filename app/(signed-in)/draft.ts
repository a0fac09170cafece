/** What a person typed into the composer, as text of its fields, and what it asks for. Pure but for the browser's store. */
import type { Submission } from "@/agents/core/shapes";

export interface ComposerDraft {
  task: string;
  agent: string;
  /** "" is the default model; `model:NAME` or `runbook:NAME`. */
  how: string;
  workspace: string;
  usd: string;
  tokens: string;
  priority: string;
}

export const EMPTY_DRAFT: ComposerDraft = {
  task: "",
  agent: "",
  how: "",
  workspace: "",
  usd: "",
  tokens: "",
  priority: "0",
};

/** The longest task that is sent; more belongs into a file. */
const MAX_TASK_CHARACTERS = 500_000;

/** The submission, or a sentence that says which field to change. */
export function submissionOf(draft: ComposerDraft): Submission | string {
  const task = draft.task.trim();
  if (!task) return "Say what should be done.";
  if (task.length > MAX_TASK_CHARACTERS) {
    return "The task is longer than 500,000 characters. Put long material into a file of the workspace and name it.";
  }
  const usd = amountOf(draft.usd);
  if (usd === undefined) return "The money must be a number of dollars above 0, or empty for no cap.";
  const tokens = amountOf(draft.tokens);
  if (tokens === undefined) return "The tokens must be a number above 0, or empty for no cap.";
  const [kind, name] = splitOnce(draft.how);
  const capped = usd !== null || tokens !== null;
  return {
    task,
    agent: kind === "runbook" ? undefined : draft.agent || undefined,
    model: kind === "model" ? name : undefined,
    runbook: kind === "runbook" ? name : undefined,
    workspace: draft.workspace.trim() || undefined,
    priority: Number(draft.priority) || 0,
    grant: capped ? { ...(usd === null ? {} : { cost_usd: usd }), ...(tokens === null ? {} : { tokens }) } : undefined,
  };
}

/** null where the field is empty, undefined where it is no amount. */
function amountOf(text: string): number | null | undefined {
  const plain = text.replace(/[$\s,_]/g, "");
  if (plain === "") return null;
  const value = Number(plain);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

function splitOnce(how: string): [string, string] {
  const at = how.indexOf(":");
  return at < 0 ? ["", ""] : [how.slice(0, at), how.slice(at + 1)];
}

const STORAGE_KEY = "banyan.new-task";

export function loadDraft(): ComposerDraft | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "null");
    if (typeof kept !== "object" || kept === null) return null;
    const texts = Object.entries(kept).filter(([key, value]) => key in EMPTY_DRAFT && typeof value === "string");
    return { ...EMPTY_DRAFT, ...Object.fromEntries(texts) };
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
