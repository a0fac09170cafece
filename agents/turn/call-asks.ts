/**
 * Lets a running call ask a person. Question and answer are kept under a key (subject and input): the same ask of the
 * task takes the answer, once, whichever call or process asks. Nothing else depends on this process.
 *
 * - asked: a review, and `call_asked` in the log
 * - answered: a letter, and `call_answered`; by this wait, or by `decide` when the call rests
 * - used: `answer_used`; the next ask asks again
 */
import type { CallAnswer, CallAsk } from "@/agents/tools/contract/ask";
import { weightOf } from "@/core/attention";
import { idOf } from "@/core/ids";
import type { TaskEvent } from "@/core/log/entries";
import { callAnswer } from "@/core/notes";
import { dangersInCall } from "@/core/rules/command-dangers";
import { judge } from "@/core/rules/policy";
import type { Call } from "@/core/state";
import { CLOCK, ignoredSentence } from "@/core/timeouts";
import { openAsksOf } from "@/core/waits";
import { MOST_SHOWN_CHARS, shownArguments, subjectOf } from "./approvals";
import type { CallModels } from "./call-models";
import { folderOf } from "./folders";
import { markRead, note, type OpenTask, rereadOutside } from "./open-task";
import { isOutOfTime } from "./time-left";
import type { TimeLimit } from "./time-limit";
import type { World } from "./world";

/** How long a call waits that cannot be continued later. */
const HELD_WHOLE_MS = 60 * 60_000;
/** How often letters of other processes are looked for. */
const POLL_MS = 1_000;

export interface AskLife {
  record: CallModels["record"];
  limit: TimeLimit;
  /** Reports a sign of life of the task's work. */
  alive(): void;
}

type Shown = CallAsk & { evidence: string };

interface Context extends AskLife {
  world: World;
  task: OpenTask;
  call: Call;
}

/** Returns the call's way to ask a person; see `ToolContext.ask`. */
export function callAsks(
  world: World,
  task: OpenTask,
  call: Call,
  life: AskLife,
): (ask: CallAsk) => Promise<CallAnswer> {
  const context: Context = { world, task, call, ...life };
  return async (given) => {
    const settled = given.what === "permission" ? ruled(context, given) : null;
    return settled ?? waitFor(context, clean(world, given));
  };
}

/**
 * Returns the decision that the rights of the task and the policy of the level make without a person; null: a person
 * decides.
 */
function ruled({ world, task }: Context, { level, why, subject }: CallAsk): CallAnswer | null {
  const { state, claim } = task;
  const refused = (text: string) => ({ approved: false, text, by: "Banyan" });
  if (!state.setup.rights.includes(level))
    return refused(`it needs the right “${level}”, which this task does not have`);
  const { owner } = folderOf(world, task);
  const isTainted = state.tainted || world.loader.isFolderTainted(claim.treeId, owner);
  const { policy } = judge("inherit", { level, isListed: false }, isTainted, world.configuration.policy());
  if (policy === "deny") return refused(`the policy of the level “${level}” does not allow ${subject}`);
  return policy === "auto" && why === undefined ? { approved: true, text: null, by: "the policy" } : null;
}

function clean({ redactor }: World, given: CallAsk): Shown {
  const { title, detail, evidence = shownArguments(given.input) } = given;
  return {
    ...given,
    title: redactor.redact(title),
    detail: redactor.redact(detail),
    evidence: redactor.redact(evidence),
  };
}

async function waitFor(context: Context, given: Shown): Promise<CallAnswer> {
  const { world, call, limit, record } = context;
  if (given.evidence.length > MOST_SHOWN_CHARS) {
    const text = `a person must see all of it, and it has more than ${MOST_SHOWN_CHARS} characters`;
    return { approved: false, text, by: "Banyan" };
  }
  const key = subjectOf({ tool: given.subject, input: given.input });
  const bell = bellOf(context);
  const release = limit.hold();
  const sinceMs = world.now();
  try {
    for (;;) {
      const found = await record(() => takeAnswer(context, key, given));
      limit.signal.throwIfAborted();
      if (found === null) throw new Error("The task's log cannot be written.");
      if (found !== "open") return found;
      context.alive();
      const isLong = world.now() - sinceMs >= (canRest(call) ? world.limits.heldMs : HELD_WHOLE_MS);
      if (isLong || isOverdue(context, key)) {
        const instead = canRest(call) ? null : insteadOf(context, given, isLong);
        if (instead) return await record(() => giveUp(context, key, instead)).then(() => instead);
        // The task decides: it rests until the answer, or ends.
        limit.setAside();
      }
      await bell.next();
    }
  } finally {
    release();
    bell.end();
  }
}

/** Returns the answer for a call that cannot rest and waited for too long; null when the task ends. */
function insteadOf({ task }: Context, { what }: Shown, isLong: boolean): CallAnswer | null {
  const { askDefault = null } = task.state.setup;
  if (askDefault !== null) return { approved: what === "question", text: askDefault, by: CLOCK };
  return isLong ? { approved: false, text: "nobody answered in time", by: CLOCK } : null;
}

function canRest({ mode, resumes }: Call): boolean {
  return mode === "repeat" || resumes;
}

/** Uses an answer that has arrived; asks when no equal question is open. */
function takeAnswer(context: Context, key: string, given: Shown): CallAnswer | "open" {
  const { world, task, call, limit } = context;
  // Nobody would read an answer that is taken now.
  if (limit.signal.aborted) return "open";
  rereadOutside(world, task);
  for (const letter of [...task.letters]) {
    const answer = callAnswer(task.state, letter);
    if (!answer) continue;
    note(task, [answer]);
    markRead(task, [letter.id]);
  }
  const found = [...task.state.callAsks].find(([, ask]) => ask.key === key);
  if (!found) open(context, key, given);
  if (!found?.[1].answer) return "open";
  const [review, { answer }] = found;
  noteEvent(task, { type: "answer_used", review, call: call.id });
  return answer;
}

function open({ world, task, call }: Context, key: string, given: Shown): void {
  const { state, claim, draft } = task;
  const { askTimeoutMs, askDefault = null } = state.setup;
  const untilMs = askTimeoutMs ? world.now() + askTimeoutMs : null;
  const { what, subject, title, detail, evidence, level, why = null } = given;
  const isPermission = what === "permission";
  const otherwise = isPermission ? "continues without the permission" : "takes the default answer";
  const dangers = isPermission ? dangersInCall(given.input) : [];
  const uid = idOf(claim.uid, call, `ask ${state.length}`);
  draft.reviews.push({
    uid,
    addressee: null,
    kind: isPermission ? "approval" : "question",
    title,
    detail,
    evidence,
    ...weightOf(level, dangers),
    ...(dangers.length > 0 && { facts: { dangers } }),
    ifIgnored: ignoredSentence(untilMs, askDefault === null ? null : otherwise),
    ...(isPermission && { subject: { tool: subject, hash: key, level, why } }),
  });
  noteEvent(task, { type: "call_asked", call: call.id, review: uid, key, what, untilMs });
}

/** Whether the ask has timed out, or the task's own time is over. */
function isOverdue({ world, task }: Context, key: string): boolean {
  const untilMs = [...task.state.callAsks.values()].find((ask) => ask.key === key)?.untilMs ?? null;
  const isLate = untilMs !== null && world.now() >= untilMs;
  return isLate || isOutOfTime(world, task);
}

/** Withdraws an ask that a call which cannot rest has waited for too long. */
function giveUp({ task, call }: Context, key: string, { approved, by, text }: CallAnswer): void {
  for (const [review, ask] of [...task.state.callAsks]) {
    if (ask.key !== key || ask.answer) continue;
    noteEvent(task, { type: "call_answered", review, approved, by, answer: text });
    noteEvent(task, { type: "answer_used", review, call: call.id });
    const change = approved && text !== null ? { answer: { text, by } } : { withdraw: true as const };
    task.draft.reviewChanges.push({ uid: review, ...change });
  }
}

/** Withdraws what the call asked and nobody answered. Call it before the call's response. */
export function withdrawAsks({ state, draft }: OpenTask, call: Call): void {
  for (const [uid] of openAsksOf(state, call)) draft.reviewChanges.push({ uid, withdraw: true });
}

function noteEvent(task: OpenTask, content: TaskEvent): void {
  note(task, [{ kind: "event", turn: task.state.turn, content }]);
}

/** Rings when something was committed for the task, or may have been by another process, and when the call ends. */
function bellOf({ world, task, limit }: Context): { next(): Promise<void>; end(): void } {
  let isRung = false;
  let wake = () => {};
  const ring = () => {
    isRung = true;
    wake();
  };
  const endCommits = world.log.onCommit((commits) => {
    if (commits.some(({ tasks }) => tasks.has(task.claim.uid))) ring();
  });
  const stopPolling = world.timers.every(POLL_MS, ring);
  limit.signal.addEventListener("abort", ring);
  return {
    async next() {
      if (!isRung) await new Promise<void>((resolve) => (wake = resolve));
      isRung = false;
    },
    end() {
      endCommits();
      stopPolling();
      limit.signal.removeEventListener("abort", ring);
    },
  };
}
