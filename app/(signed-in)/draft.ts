/** What a person typed into the composer, as text of its fields, and what it asks for. Pure but for the browser's store. */
import type { Submission } from "@/agents/core/shapes";

export interface ComposerDraft {
  task: string;
  /** Who does it: an agent, with a model, or a runbook, without one. */
  by: "agent" | "runbook";
  /** "" is the one that agent_selector chooses. */
  agent: string;
  /** "" is the default model; else provider/model. */
  model: string;
  runbook: string;
  workspace: string;
  usd: string;
  tokens: string;
  priority: string;
}

export const EMPTY_DRAFT: ComposerDraft = {
  task: "",
  by: "agent",
  agent: "",
  model: "",
  runbook: "",
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
  if (draft.by === "runbook" && !draft.runbook) return "There is no runbook to follow: choose an agent.";
  const capped = usd !== null || tokens !== null;
  return {
    task,
    ...(draft.by === "runbook"
      ? { runbook: draft.runbook }
      : { agent: draft.agent || undefined, model: draft.model.trim() || undefined }),
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

const STORAGE_KEY = "banyan.new-task";

export function loadDraft(): ComposerDraft | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "null");
    if (typeof kept !== "object" || kept === null) return null;
    const texts = Object.entries(kept).filter(([key, value]) => key in EMPTY_DRAFT && typeof value === "string");
    const draft = { ...EMPTY_DRAFT, ...Object.fromEntries(texts) };
    return { ...draft, by: draft.by === "runbook" ? "runbook" : "agent" };
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
