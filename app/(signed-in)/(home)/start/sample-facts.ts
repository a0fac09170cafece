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

/** Returns the newest gap of a tree: while it was open, no process of the server ran; null when there was none. */
export function gapOf(
  starts: readonly ServerStart[],
  { created_at, ended_at, tasks }: Tree,
  messages: readonly Message[],
): Gap | null {
  const gaps = awayTimes(starts).filter(({ until }) => until > created_at && !(ended_at && until > ended_at));
  const newest = gaps.at(-1);
  if (!newest) return null;
  // Of a crash only the last sign of life is known, and the log may have a later one.
  const signs = messages.map((one) => one.created_at).filter((time) => time < newest.until);
  const from = [newest.from, created_at, ...signs].reduce((one, other) => (one > other ? one : other));
  const next = messages.find((one) => one.kind === "agent_response" && one.created_at > newest.until);
  const task = tasks.find(({ id }) => id === next?.task_id);
  return { from, until: newest.until, next: next && task ? { task: task.title, said: firstLineOf(next) } : null };
}

/** Returns the times between processes, oldest first. A server may have two, which start and end at times of their own. */
function awayTimes(starts: readonly ServerStart[]): Pick<Gap, "from" | "until">[] {
  const away: Pick<Gap, "from" | "until">[] = [];
  const ordered = starts.toSorted((one, other) => one.started_at.localeCompare(other.started_at));
  /** When the last of the earlier processes ended; undefined before the first, null while one runs. */
  let from: string | null | undefined;
  for (const [at, { role, started_at, ended_at }] of ordered.entries()) {
    if (from && from < started_at) away.push({ from, until: started_at });
    // Nobody knows when it ended, but a process of its kind has followed.
    if (ended_at === null && ordered.slice(at + 1).some((later) => later.role === role)) continue;
    if (ended_at === null) from = null;
    else if (from === undefined || (from !== null && ended_at > from)) from = ended_at;
  }
  return away;
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
