/** A tree as an A2A task, in the protocol's JSON form. Pure, so that streams, answers and push messages say the same. */
import type { A2aMessage, A2aQuestion, A2aTask } from "@/core/a2a/records";
import { REASON_WORDS } from "@/core/words/reasons";
import { sentence } from "@/core/words/sentence";
import { partsOfResult, type ShownPart } from "./parts";

/** The key of our own fields in a message's metadata. */
export const FIELDS = "banyan";

export type A2aState =
  | "TASK_STATE_SUBMITTED"
  | "TASK_STATE_WORKING"
  | "TASK_STATE_INPUT_REQUIRED"
  | "TASK_STATE_COMPLETED"
  | "TASK_STATE_FAILED"
  | "TASK_STATE_CANCELED"
  | "TASK_STATE_REJECTED";

interface ShownMessage {
  messageId: string;
  contextId: string;
  taskId: string;
  role: "ROLE_AGENT" | "ROLE_USER";
  parts: unknown[];
}

/**
 * An answer without a task around it. Its metadata names the task, for agents that want to read more of the task later.
 */
export interface ShownAnswer extends Omit<ShownMessage, "taskId"> {
  metadata: Record<typeof FIELDS, { task: string }>;
}

export interface ShownStatus {
  state: A2aState;
  timestamp: string;
  message?: ShownMessage;
}

export interface ShownArtifact {
  artifactId: string;
  name: string;
  parts: ShownPart[];
}

export interface ShownTask {
  id: string;
  contextId: string;
  status: ShownStatus;
  artifacts?: ShownArtifact[];
  history?: ShownMessage[];
}

const TERMINAL: ReadonlySet<A2aState> = new Set([
  "TASK_STATE_COMPLETED",
  "TASK_STATE_FAILED",
  "TASK_STATE_CANCELED",
  "TASK_STATE_REJECTED",
]);

const OF_END = {
  succeeded: "TASK_STATE_COMPLETED",
  failed: "TASK_STATE_FAILED",
  stopped: "TASK_STATE_CANCELED",
} as const;

export function stateOf({ refused, ended, tree, question }: A2aTask): A2aState {
  if (refused !== null) return "TASK_STATE_REJECTED";
  if (ended) return OF_END[ended.status];
  if (!tree) return "TASK_STATE_SUBMITTED";
  if (tree.endedAtMs !== null) return OF_END[tree.status as keyof typeof OF_END];
  if (question) return "TASK_STATE_INPUT_REQUIRED";
  return tree.turns === 0 && tree.status === "ready" ? "TASK_STATE_SUBMITTED" : "TASK_STATE_WORKING";
}

/** Whether the task has ended for the other agent, whatever people do with its tree. */
export function isTerminal(state: A2aState): boolean {
  return TERMINAL.has(state);
}

/** Whether nothing more happens before the other agent does something. */
export function isSettled(state: A2aState): boolean {
  return isTerminal(state) || state === "TASK_STATE_INPUT_REQUIRED";
}

export function statusOf(task: A2aTask): ShownStatus {
  const state = stateOf(task);
  const text = textOf(task, state);
  // Derived, so that everybody who is told about the same status sees the same id.
  const messageId = state === "TASK_STATE_INPUT_REQUIRED" ? (task.question?.id ?? "") : `${task.id}-${state}`;
  return {
    state,
    timestamp: new Date(changedAtMs(task, state)).toISOString(),
    ...(text && { message: agentMessage(task, messageId, text) }),
  };
}

/** Returns when the state began, as far as it is known. */
export function changedAtMs({ createdAtMs, ended, tree, question }: A2aTask, state: A2aState): number {
  if (ended) return ended.atMs;
  if (state === "TASK_STATE_INPUT_REQUIRED") return question?.atMs ?? createdAtMs;
  return tree?.endedAtMs ?? tree?.workingSinceMs ?? createdAtMs;
}

interface Told {
  /** The text of the root's result. */
  result: string | null;
  /** The artifacts of its files. */
  files: readonly ShownArtifact[];
  messages: A2aMessage[];
  questions: A2aQuestion[];
}

/** Only a task that is completed has artifacts. */
export function shownTask(task: A2aTask, { result, files, messages, questions }: Told): ShownTask {
  const { id, context } = task;
  const status = statusOf(task);
  const artifacts = artifactsOf(task, result, files);
  return {
    id,
    contextId: context,
    status,
    ...(artifacts.length > 0 && { artifacts }),
    history: historyOf(task, messages, questions),
  };
}

/** The result comes first, because many agents read only the first artifact. */
export function artifactsOf(
  task: A2aTask,
  result: string | null,
  files: readonly ShownArtifact[] = [],
): ShownArtifact[] {
  if (stateOf(task) !== "TASK_STATE_COMPLETED") return [];
  const text = task.ended?.result ?? result;
  if (!text) return [...files];
  const parts = partsOfResult(text, task.accepts);
  return [{ artifactId: `${task.id}-result`, name: "result", parts }, ...files];
}

/**
 * Returns the artifacts of a completed task as one message, the same each time; null when there is nothing to say.
 * A message names no artifacts, so the part of a file holds its path.
 */
export function answerOf({ id, context }: A2aTask, artifacts: readonly ShownArtifact[]): ShownAnswer | null {
  const parts = artifacts.flatMap(({ name, parts }) =>
    parts.map((part) => ("filename" in part ? { ...part, filename: name } : part)),
  );
  if (parts.length === 0) return null;
  const metadata = { [FIELDS]: { task: id } };
  // Without the task's id in the protocol's own field: there it says that the task goes on.
  return { messageId: `${id}-answer`, contextId: context, role: "ROLE_AGENT", parts, metadata };
}

/** Whether a path has a name with a dot in front: such files are settings and keys more often than results. */
export function isHidden(path: string): boolean {
  return path.split("/").some((name) => name.startsWith("."));
}

function historyOf(task: A2aTask, messages: A2aMessage[], questions: A2aQuestion[]): ShownMessage[] {
  const said = messages
    .filter(({ body }) => body !== "")
    .map(({ body, atMs }) => ({ atMs, message: JSON.parse(body) as ShownMessage }));
  const { ended } = task;
  // What is asked inside after the end that the other agent was told is not its business.
  const own = questions.filter(({ atMs }) => ended === null || atMs <= ended.atMs);
  const asked = own.map(({ id, text, atMs }) => ({ atMs, message: agentMessage(task, id, text) }));
  return [...said, ...asked]
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ message }) => ({ ...message, contextId: task.context, taskId: task.id }));
}

function agentMessage({ id, context }: A2aTask, messageId: string, text: string): ShownMessage {
  return { messageId, contextId: context, taskId: id, role: "ROLE_AGENT", parts: [{ text, mediaType: "text/plain" }] };
}

/** Approvals and the names of people are not shown: a task that waits for them appears as working. */
function textOf({ refused, ended, tree, question }: A2aTask, state: A2aState): string | null {
  if (state === "TASK_STATE_REJECTED") return refused;
  if (state === "TASK_STATE_INPUT_REQUIRED") return question?.text ?? null;
  if (state === "TASK_STATE_FAILED") {
    const { reason, detail } = ended ?? tree ?? { reason: null, detail: null };
    return [reason ? REASON_WORDS[reason].says : "The task failed.", detail ? sentence(detail) : ""]
      .filter(Boolean)
      .join(" ");
  }
  if (state === "TASK_STATE_CANCELED") return "The task was stopped.";
  if (state !== "TASK_STATE_WORKING" || !tree) return null;
  if (tree.status === "paused") return "The task is paused.";
  if (tree.status === "parked") return "The task waits for its model provider or a limit.";
  return tree.tasks > 1 ? `${tree.endedTasks} of ${tree.tasks} tasks have ended.` : null;
}
