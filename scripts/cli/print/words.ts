/** States as glyph, word and colour, readable without colour. */
import type { Task, Tree } from "@/core/shapes/shapes";
import { REASON_WORDS } from "@/core/words/reasons";
import { type ShownStatus, STATUS_WORDS } from "@/core/words/status";
import type { Style } from "./output";

export interface StateWord {
  glyph: string;
  word: string;
  style: Style;
}

const GLYPHS: Record<ShownStatus, Omit<StateWord, "word">> = {
  ready: { glyph: "◌", style: "dim" },
  running: { glyph: "◐", style: "cyan" },
  you: { glyph: "◆", style: "yellow" },
  waiting: { glyph: "⊙", style: "dim" },
  parked: { glyph: "◷", style: "magenta" },
  paused: { glyph: "‖", style: "dim" },
  succeeded: { glyph: "✓", style: "green" },
  failed: { glyph: "✕", style: "red" },
  stopped: { glyph: "■", style: "dim" },
};
const RING = ["◐", "◓", "◑", "◒"];

export function stateOf(status: ShownStatus, forPerson = false): StateWord {
  const shown = status === "waiting" && forPerson ? "you" : status;
  return { ...GLYPHS[shown], word: STATUS_WORDS[shown] };
}

/** `open`: ids of the questions and approvals that are before a person. */
export function stateOfTask(task: Pick<Task, "status" | "waiting_for">, open: ReadonlySet<string>): StateWord {
  return stateOf(task.status, task.waiting_for?.reviews.some((id) => open.has(id)) ?? false);
}

/** A tree is "waiting" only when a person is needed; otherwise it is running. */
export function stateOfTree(tree: Pick<Tree, "status">): StateWord {
  return stateOf(tree.status, true);
}

/** The glyph of a running task turns by one step for each `tick`. */
export function ring(tick: number): string {
  return RING[tick % RING.length] ?? "◐";
}

/** The first characters of an id, enough to name it. */
export function short(id: string): string {
  return id.slice(0, 8);
}

/** How a task or tree ended, and why. */
export function endedText(task: Pick<Task, "status" | "reason"> & Partial<Pick<Task, "reason_detail">>): string {
  if (!task.reason) return task.status;
  return `${task.status} (${task.reason}): ${task.reason_detail || REASON_WORDS[task.reason].says}`;
}

/** What a person can do about a failure; empty when nothing needs doing. */
export function remedyOf(task: Pick<Task, "reason">): string {
  return task.reason ? REASON_WORDS[task.reason].remedy : "";
}
