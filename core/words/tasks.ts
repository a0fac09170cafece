/** The state of a task or tree as a sentence: what happens, why, and what a person can do. Pure. */
import { isOfGoal } from "@/core/programs/names";
import { heldText } from "@/core/runners/waits";
import type { Review, Task } from "@/core/shapes/shapes";
import { adviceOn, type Can, REASON_WORDS } from "@/core/words/reasons";
import { plain, plainSentence, plural } from "./figures";
import { sentence } from "./sentence";
import { whyEnded } from "./trees";

/** How a sentence looks: a wait for the person, a failure, work in progress, a parked task, a success. */
export type SayLook = "you" | "bad" | "live" | "parked" | "good";

export interface Sentence {
  look: SayLook | undefined;
  text: string;
  /** A time to show after the text, ISO 8601. */
  at?: string;
  /** What follows the time. */
  rest?: string;
}

/** Facts about a task beyond its row. */
interface Known {
  /** The message of the provider that parked it. */
  parkedWhy?: string | null;
  /** It has called a model or a tool, so its preparation is over. */
  hasBegun?: boolean;
  /** What can be done with an ended task; absent: not known yet, which counts as if everything can be done. */
  can?: Can;
  /** Why an ended task cannot continue at all, and what to do instead. */
  overWhy?: string | null;
  /** The pool whose runners have no free slot, so that a ready task of its trees waits. */
  heldPool?: string | null;
}

const EVERYTHING: Can = { retry: true, message: true, lastTurn: true };

/** 1 parked task retries · 3 parked tasks retry */
export function retriesText(parked: number): string {
  return `${plural(parked, "parked task")} ${parked === 1 ? "retries" : "retry"}`;
}

export function taskSentence(
  task: Task,
  tasks: ReadonlyMap<string, Task>,
  reviews: Review[],
  { parkedWhy = null, hasBegun = false, can = EVERYTHING, overWhy = null, heldPool = null }: Known = {},
): Sentence {
  switch (task.status) {
    case "ready":
      if (heldPool !== null) return { look: "parked", text: heldText(heldPool) };
      return { look: undefined, text: "Ready: it runs as soon as a slot is free. Nothing needed." };
    case "running":
      return { look: "live", text: runningText(task, hasBegun) };
    case "waiting":
      return waitingSentence(task, tasks, reviews);
    case "parked":
      return parkedSentence(task, tasks, parkedWhy);
    case "paused":
      return pausedSentence(task);
    case "succeeded":
      return { look: "good", text: succeededText(task, tasks) };
    case "failed":
      return { look: "bad", text: endedText("Failed", task, { can, overWhy }) };
    case "stopped":
      return { look: undefined, text: endedText("Stopped", task, { can, overWhy }) };
  }
}

const BEGINS =
  "Starting: Banyan first takes a snapshot of the folder, so that a fork can return to this moment. A large folder takes a minute or two.";

function runningText(task: Task, hasBegun: boolean): string {
  if (!hasBegun && task.depth === 0 && task.turns === 0 && task.attempt === 1 && !task.headline) return BEGINS;
  const attempt = task.tries > 1 ? `Attempt ${task.tries}. ` : "";
  const doing = sentence(`Turn ${task.turns + 1}${task.headline ? `: ${plain(task.headline)}` : ""}`);
  return `${attempt}${doing} Nothing needed. It reads messages at its next turn.`;
}

function waitingSentence(task: Task, tasks: ReadonlyMap<string, Task>, reviews: Review[]): Sentence {
  const waits = task.waiting_for;
  if (!waits) return { look: undefined, text: "Waiting. It continues by itself." };
  if (waits.kind === "answer" || waits.kind === "approval") {
    const review = reviews.find((review) => waits.reviews.includes(review.id));
    if (!review) return { look: undefined, text: "Waiting for its parent's answer." };
    const since = review.created_at;
    const noun = waits.kind === "answer" ? "your answer" : "your approval";
    const rest = ". The tasks above it wait too; everything else continues.";
    return { look: "you", text: `Waiting for ${noun} since`, at: since, rest };
  }
  if (waits.kind === "finishing")
    return { look: undefined, text: "Its result is being judged and documented. It ends by itself." };
  const number = waits.tasks.length;
  const what =
    waits.kind === "predecessors"
      ? `${plural(number, "earlier task")}`
      : number
        ? plural(number, "subtask")
        : "its subtasks";
  const names = waits.tasks.map((id) => tasks.get(id)?.title).filter((title) => title !== undefined);
  const shown = names.slice(0, 3).join(", ");
  const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
  const list = shown ? `: ${shown}${more}` : "";
  return { look: undefined, text: `Waiting for ${what}${list}.` };
}

function pausedSentence(task: Task): Sentence {
  const keeps = withDetail("Its work is kept; resume it at any time.", task);
  const by = task.paused_by;
  if (!by) return { look: undefined, text: `Paused before its next turn. ${keeps}` };
  if (by.why) return { look: undefined, text: `Paused by ${by.name} at`, at: by.since, rest: `. ${by.why}` };
  if (by.is_stepping)
    return { look: undefined, text: withDetail("Stepping is on: press Step for its next turn.", task) };
  return { look: undefined, text: `Paused by ${by.name} at`, at: by.since, rest: `. ${keeps}` };
}

function parkedSentence(task: Task, tasks: ReadonlyMap<string, Task>, why: string | null): Sentence {
  const given = task.reason_detail ?? why ?? "The model's provider is not available";
  const because = sentence(given);
  const remedy = parkedRemedy(task);
  const aside = otherTasksText(task, tasks);
  const resumes = task.parked_by === "model_gone" ? "tries again" : "resumes by itself";
  if (!task.parked_until) return { look: "parked", text: `Parked: ${because} It ${resumes}.${remedy}${aside}` };
  return {
    look: "parked",
    text: "Parked until",
    at: task.parked_until,
    rest: `: ${because} It then ${resumes}.${remedy}${aside}`,
  };
}

function parkedRemedy({ parked_by, switch_to }: Task): string {
  if (parked_by === "daily_cap") return " If you resume it earlier, it parks again while the cap is reached.";
  if (parked_by !== "model_gone" || switch_to) return "";
  return " While the provider does not have the model, it parks again: change the model.";
}

/** Says how many other tasks of the tree are parked, and whether the rest continues. */
function otherTasksText(task: Task, tasks: ReadonlyMap<string, Task>): string {
  const [parked, running] = [["parked"], ["running", "ready"]].map(
    (statuses) => [...tasks.values()].filter((other) => other.id !== task.id && statuses.includes(other.status)).length,
  ) as [number, number];
  const more =
    parked > 0 ? ` ${plural(parked, "other task")} of this tree ${parked === 1 ? "is" : "are"} parked too.` : "";
  const rest = running > 0 ? " The rest of the tree continues." : "";
  return `${more}${rest}`;
}

function succeededText(task: Task, tasks: ReadonlyMap<string, Task>): string {
  const refused = task.refused_subtasks;
  const parts = refused > 0 ? ` ${plural(refused, "subtask")} ${refused === 1 ? "was" : "were"} refused.` : "";
  return `${checkedText(task, judgedModel(task, tasks))}${parts}`;
}

/** Returns the model of the task whose verdict it has: a task that only chose another has the verdict of its choice. */
function judgedModel(task: Task, tasks: ReadonlyMap<string, Task>): string {
  if (task.agent !== "agent_selector") return task.model;
  const chosen = [...tasks.values()].find((subtask) => subtask.parent_id === task.id && subtask.role === "work");
  return chosen?.model ?? task.model;
}

/** Says what showed the success. */
function checkedText(task: Task, model: string): string {
  // A task that succeeded has a verdict; it is missing only while the page still loads the long texts.
  if (!task.verdict) return "Succeeded.";
  const claims = task.verdict.claims;
  const shown = claims.filter((claim) => claim.mark === "shown").length;
  const judged = claims.filter((claim) => claim.mark === "judged").length;
  if (claims.length === 0) {
    if (task.verdict.outcome === "pass") {
      if (model === "runbook") return "Succeeded: every check of the runbook passed.";
      if (isOfGoal(model)) return "Succeeded: the host's own checks show it.";
      return "Succeeded: the evaluator accepted the result.";
    }
    return "Succeeded. It made no claims, so nothing was checked.";
  }
  const judging = judged > 0 ? `, ${judged} judged` : "";
  return `Succeeded: ${plural(claims.length, "claim")}, ${shown} shown by a command${judging}.`;
}

function endedText(word: string, task: Task, { can, overWhy }: Required<Pick<Known, "can" | "overWhy">>): string {
  const known = task.reason && REASON_WORDS[task.reason];
  const says = task.reason_detail ?? (known ? known.says : "no reason was recorded.");
  const advice = overWhy ?? (task.reason ? adviceOn(task.reason, can) : "");
  return `${word}: ${sentence(says)} ${advice}`.trimEnd();
}

function withDetail(text: string, task: Task): string {
  return task.reason_detail ? `${text} ${task.reason_detail}` : text;
}

/** The subtasks that a task waits for, as "4 subtasks"; null: it waits for none. */
export function awaitedSubtasks({ status, waiting_for }: Task): string | null {
  if (status !== "waiting" || waiting_for?.kind !== "subtasks") return null;
  const number = waiting_for.tasks.length;
  return number > 0 ? plural(number, "subtask") : "its subtasks";
}

/** Whether a task waits for a person. `asked`: ids of the items that are before a person. */
export function waitsForPerson({ status, waiting_for }: Task, asked: ReadonlySet<string>): boolean {
  return status === "waiting" && (waiting_for?.reviews.some((id) => asked.has(id)) ?? false);
}

/** The few words under or beside the name in a row. */
export function rowText(task: Task, tasks: ReadonlyMap<string, Task>, asked: ReadonlySet<string>): string {
  if (task.status === "waiting" && task.waiting_for) {
    const { kind, tasks: ids } = task.waiting_for;
    if (kind === "subtasks") return `Waiting for ${namesOfTasks(ids, tasks) ?? awaitedSubtasks(task)}`;
    if (kind === "finishing") return "Being judged";
    if (kind === "predecessors")
      return `Starts after ${
        ids
          .map((id) => tasks.get(id)?.title)
          .filter(Boolean)
          .join(", ") || "others"
      }`;
    if (!waitsForPerson(task, asked)) return "Waiting for its parent";
    return kind === "approval" ? "Waiting for your approval" : "Waiting for your answer";
  }
  if (task.status === "ready") return "Queued";
  if (task.status === "parked") return task.reason_detail ?? "Until the model's provider is available";
  if (task.status === "paused") return pausedText(task);
  if (task.status === "failed" || task.status === "stopped") return task.reason_detail ?? whyEnded(task);
  return plainSentence(task.headline);
}

const MOST_NAMED = 2;

/** Returns "A and B", or "A, B and 2 more"; null when one of them is not loaded. */
function namesOfTasks(ids: readonly string[], tasks: ReadonlyMap<string, Task>): string | null {
  const names = ids.flatMap((id) => tasks.get(id)?.title ?? []);
  if (names.length === 0 || names.length < ids.length) return null;
  const more = names.length - MOST_NAMED;
  return more > 0 ? `${names.slice(0, MOST_NAMED).join(", ")} and ${more} more` : names.join(" and ");
}

function pausedText({ paused_by: by }: Task): string {
  if (!by) return "Paused";
  return by.is_stepping ? "Waiting for its next step" : `Paused by ${by.name}`;
}
