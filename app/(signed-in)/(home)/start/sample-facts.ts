/** Reads the facts about a run of the sample from the log and the journal. Pure. */
import type { ClaimMark } from "@/core/log/terms";
import type { ServerStart } from "@/core/shapes/operations";
import type { Message, Task, Tree } from "@/core/shapes/shapes";

/** A claim that its command refuted. */
export interface Refuted {
  statement: string;
  command: string;
  exitStatus: number | null;
}

/** Returns the claims of each task that failed at some try, by the ids of the tasks. */
export function refutedClaims(messages: readonly Message[]): ReadonlyMap<string, Refuted[]> {
  const found = new Map<string, Refuted[]>();
  for (const { kind, content, task_id } of messages) {
    if (kind !== "event" || content.type !== "claims_checked") continue;
    const failed = (content.marks as ClaimMark[]).filter(({ mark }) => mark === "failed");
    const refuted = failed.map((one) => ({
      statement: one.statement,
      command: one.command ?? "",
      exitStatus: one.exit_status,
    }));
    if (refuted.length > 0) found.set(task_id, [...(found.get(task_id) ?? []), ...refuted]);
  }
  return found;
}

/** A time without a server while the tree was open. */
export interface Gap {
  from: string;
  until: string;
  /** The first step after it: its task, and what the task said; null until something continued. */
  next: { task: string; said: string } | null;
}

/** Returns the newest gap of a tree; null when its server never stopped. */
export function gapOf(
  starts: readonly ServerStart[],
  { created_at, ended_at, tasks }: Tree,
  messages: readonly Message[],
): Gap | null {
  const ordered = starts.toSorted((one, other) => one.started_at.localeCompare(other.started_at));
  for (let at = ordered.length - 1; at > 0; at--) {
    const [before, after] = [ordered[at - 1], ordered[at]];
    const from = before?.ended_at;
    if (!from || !after || from < created_at || (ended_at && after.started_at > ended_at)) continue;
    const next = messages.find((one) => one.kind === "agent_response" && one.created_at > after.started_at);
    const task = tasks.find(({ id }) => id === next?.task_id);
    return { from, until: after.started_at, next: next && task ? { task: task.title, said: firstLineOf(next) } : null };
  }
  return null;
}

/** Returns how many calls of tools have a result, and whether none has two. */
export function resultsOf(messages: readonly Message[]): { calls: number; isOnce: boolean } {
  const ids = messages.flatMap(({ kind, task_id, tool_call_id }) =>
    kind === "tool_response" && tool_call_id ? [`${task_id} ${tool_call_id}`] : [],
  );
  return { calls: ids.length, isOnce: new Set(ids).size === ids.length };
}

/** Returns the tasks below the root, in the order in which they began. */
export function stepsOf({ tasks, root_task_id }: Tree): Task[] {
  return tasks.filter(({ id, role }) => id !== root_task_id && role === "work");
}

function firstLineOf({ content }: Message): string {
  const parts = (content.parts ?? []) as { type: string; text?: string }[];
  return parts.find(({ type }) => type === "text")?.text?.split("\n", 1)[0] ?? "";
}
