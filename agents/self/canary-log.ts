/** Reads from the log and the review items of a canary how the release worked on it. */
import { fold } from "@/core/evolve";
import type { Entry } from "@/core/log/entries";
import type { Sqlite } from "@/db/file/client";
import { createLoader } from "@/db/log/load";
import { WATCHER } from "@/db/people/watcher";

const TERMINAL = "use_terminal";

export interface Canary {
  canary: "done" | "failed" | "open" | "missing";
  /** What else the canary did, by its log and its review item. `none`: it did not begin with it. */
  command: Step;
  approval: Step;
  /** The open item that it waits for. */
  waitsFor: string | null;
}

/** `refused`: it ended, and not as it should. */
type Step = "none" | "open" | "refused" | "done";

const NO_CANARY: Canary = { canary: "missing", command: "none", approval: "none", waitsFor: null };

/**
 * Looks for the nonce where a task leaves it: in its result, and in the calls and the responses of tools. In one
 * transaction, because the log of a task that runs grows between two reads.
 */
export function canaryOf(sqlite: Sqlite, nonce: string | undefined): Canary {
  return nonce === undefined ? NO_CANARY : sqlite.transaction(() => readCanary(sqlite, nonce))();
}

function readCanary(sqlite: Sqlite, nonce: string): Canary {
  const task = sqlite
    .prepare("SELECT task.id, task.status, task.length FROM tasks task WHERE task.title = ? AND task.parent_id IS NULL")
    .get(nonce) as { id: number; status: string; length: number } | undefined;
  if (!task) return NO_CANARY;
  const entries = createLoader(sqlite).entries(task.id, task.length);
  const items = sqlite
    .prepare("SELECT uid, status, decided_by AS by FROM reviews WHERE task_id = ? AND kind = 'approval'")
    .all(task.id) as Item[];
  const steps = {
    command: commandIn(entries, nonce),
    approval: approvalIn(entries, items),
    waitsFor: items.find(({ status }) => status === "open")?.uid ?? null,
  };
  if (task.status !== "succeeded")
    return { canary: ["failed", "stopped"].includes(task.status) ? "failed" : "open", ...steps };
  const { ended, messages } = fold(entries);
  // A response of a tool repeats it, besides the instruction and the calls.
  const responses = messages.filter(({ role }) => role === "tool");
  const hasNonce = ended?.result === nonce && JSON.stringify(responses).includes(nonce);
  return { canary: hasNonce ? "done" : "failed", ...steps };
}

/** What the shell worked out, so that nothing that only repeats the command passes. */
function commandIn(entries: readonly Entry[], nonce: string): Step {
  const call = entries.find(
    (entry) => entry.kind === "tool_call" && entry.tool === TERMINAL && entry.content.ask !== true,
  );
  if (call?.kind !== "tool_call") return "none";
  const response = responseTo(entries, call.callId);
  if (!response) return "open";
  return !response.content.isError && response.content.text.includes(`42 ${nonce}`) ? "done" : "refused";
}

interface Item {
  uid: string;
  status: string;
  by: string | null;
}

/** A call that the watch approved and that then continued. Without a sandbox it ends with the error that says so. */
function approvalIn(entries: readonly Entry[], items: readonly Item[]): Step {
  const call = entries.find((entry) => entry.kind === "tool_call" && entry.content.ask === true);
  if (call?.kind !== "tool_call") return "none";
  const decided = entries.find(
    ({ kind, content }) => kind === "event" && content.type === "approval_decided" && content.call === call.callId,
  );
  const item = items.find(({ by }) => by === WATCHER);
  if (decided && decided.kind === "event" && decided.content.type === "approval_decided" && item) {
    const { approved, review } = decided.content;
    if (!approved || review !== item.uid || item.status !== "approved") return "refused";
    return responseTo(entries, call.callId) ? "done" : "open";
  }
  return responseTo(entries, call.callId) ? "refused" : "open";
}

function responseTo(entries: readonly Entry[], callId: string) {
  const found = entries.find((entry) => entry.kind === "tool_response" && entry.callId === callId);
  return found?.kind === "tool_response" ? found : null;
}
