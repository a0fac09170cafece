/** States as glyph, word and colour: the same everywhere, and readable without colour. */
import { REASONS } from "@/core/log/reasons";
import type { TaskStatus } from "@/core/log/terms";
import type { Task, Tree } from "@/core/shapes/shapes";
import type { Style } from "./output";

export interface StateWord {
  glyph: string;
  word: string;
  style: Style;
}

const WORDS: Record<TaskStatus, StateWord> = {
  ready: { glyph: "◌", word: "Ready", style: "dim" },
  running: { glyph: "◐", word: "Running", style: "cyan" },
  waiting: { glyph: "⊙", word: "Waiting", style: "dim" },
  parked: { glyph: "◷", word: "Parked", style: "magenta" },
  paused: { glyph: "‖", word: "Paused", style: "dim" },
  succeeded: { glyph: "✓", word: "Succeeded", style: "green" },
  failed: { glyph: "✕", word: "Failed", style: "red" },
  stopped: { glyph: "■", word: "Stopped", style: "dim" },
};
const FOR_YOU: StateWord = { glyph: "◆", word: "Waiting for you", style: "yellow" };
const RING = ["◐", "◓", "◑", "◒"];

export function stateOf(status: TaskStatus, forPerson = false): StateWord {
  return status === "waiting" && forPerson ? FOR_YOU : WORDS[status];
}

/** `open`: ids of the questions and approvals that are before a person. */
export function stateOfTask(task: Pick<Task, "status" | "waiting_for">, open: ReadonlySet<string>): StateWord {
  return stateOf(task.status, task.waiting_for?.reviews.some((id) => open.has(id)) ?? false);
}

/** A tree waits only for a person: while anything else can happen it is running. */
export function stateOfTree(tree: Pick<Tree, "status">): StateWord {
  return stateOf(tree.status, true);
}

/** The open ring of what runs turns, one step for each `tick`. */
export function ring(tick: number): string {
  return RING[tick % RING.length] ?? "◐";
}

/** Enough of an id to name it. */
export function short(id: string): string {
  return id.slice(0, 8);
}

/** How a task or tree ended, and why. */
export function endedText(one: Pick<Task, "status" | "reason"> & Partial<Pick<Task, "reason_detail">>): string {
  if (!one.reason) return one.status;
  return `${one.status} (${one.reason}): ${one.reason_detail || REASONS[one.reason].says}`;
}

/** What can be done about a failure; empty when nothing needs doing. */
export function remedyOf(one: Pick<Task, "reason">): string {
  return one.reason ? REASONS[one.reason].remedy : "";
}
