/** The pure parts of a fork, which copies every task's log up to one message into a new tree and continues there. */
import { fold } from "./evolve";
import type { LetterBody } from "./facts";
import type { GrantAmounts } from "./log/amounts";
import type { Entry, Setup } from "./log/entries";
import { type AddedAmounts, CONSERVED } from "./rules/grants";
import { isSelector } from "./selection";
import type { Review } from "./shapes/shapes";
import type { ForkVersion } from "./shapes/submission";
import type { TaskState } from "./state";

export interface LoggedEntry {
  seq: number;
  entry: Entry;
}

const EDITABLE: ReadonlySet<Entry["kind"]> = new Set(["instruction", "steer", "tool_response"]);

/**
 * Returns the last message that the fork copies. For a message inside a turn that is the message before the turn; an
 * edited message is copied itself. Without `at` it is the task's instruction. `log` is the task's whole log.
 */
export function cutAt(
  log: LoggedEntry[],
  at: number | undefined,
  isEdited: boolean,
): { upTo: number } | { refusal: string } {
  const found = at === undefined ? 1 : log.findIndex((entry) => entry.seq === at);
  if (found < 0)
    return { refusal: `The task has no message ${at}: choose one from ${log[0]?.seq} to ${log.at(-1)?.seq}.` };
  const index = Math.max(1, found);
  const message = log[index] as LoggedEntry;
  if (isEdited) {
    if (EDITABLE.has(message.entry.kind)) return { upTo: endOfTurn(log, index) };
    return {
      refusal:
        "Only an instruction, a steer or a tool's response can be edited: fork before the turn, then steer the task.",
    };
  }
  const state = fold(log.slice(0, index + 1).map((entry) => entry.entry));
  const isInside =
    state.open.size > 0 ||
    state.ended !== null ||
    message.entry.kind === "agent_response" ||
    isLastWord(message.entry, log[index + 1]?.entry);
  if (!isInside) return { upTo: endOfTurn(log, index) };
  const reply = log.slice(0, index + 1).findLast((entry) => entry.entry.kind === "agent_response");
  return { upTo: (reply ?? message).seq - 1 };
}

/** Returns the setup with which the task works after that message of its log. */
export function setupAt(log: readonly LoggedEntry[], upTo: number): Setup {
  return fold(log.flatMap(({ seq, entry }) => (seq <= upTo ? [entry] : []))).setup;
}

/** Returns the versions of an agent and its documents that a task with the setup uses. */
export function versionsIn({ agent, agentVersion, documents }: Setup): ForkVersion[] {
  return [
    { kind: "agent", name: agent, version: agentVersion },
    ...documents.map((document) => ({ kind: "document" as const, ...document })),
  ];
}

/** Returns the message, or the snapshot of the turn's files right after its last response, which belongs to the turn. */
function endOfTurn(log: LoggedEntry[], index: number): number {
  const { seq } = log[index] as LoggedEntry;
  const after = log[index + 1];
  const isSaved = after?.entry.kind === "event" && after.entry.content.type === "files_saved";
  return isSaved && (log[index] as LoggedEntry).entry.kind === "tool_response" ? after.seq : seq;
}

/**
 * Whether the entry is the response to the last `end_task`: an agent that read it could not continue, so the fork starts
 * before that turn.
 */
function isLastWord(entry: Entry, after: Entry | undefined): boolean {
  if (entry.kind !== "tool_response" || entry.tool !== "end_task") return false;
  return after?.kind === "event" && after.content.type === "ended";
}

/** Maps public ids of a tree to the ids of its fork. */
export type Renaming = ReadonlyMap<string, string>;

const ID_LENGTH = 12;

/** Replaces every known id in a text or JSON by its new id. Ids are twelve random letters, which do not occur by chance. */
export function renamed(text: string, ids: Renaming): string {
  return text.replace(
    /[a-z2-9]{12,}/g,
    (token) => ids.get(token) ?? (token.length > ID_LENGTH ? within(token, ids) : token),
  );
}

/** Replaces ids inside a longer run of letters, as after an escape in `\nabc…`. */
function within(token: string, ids: Renaming): string {
  let text = "";
  let from = 0;
  for (let at = 0; at + ID_LENGTH <= token.length; at += 1) {
    const found = ids.get(token.slice(at, at + ID_LENGTH));
    if (!found) continue;
    text += token.slice(from, at) + found;
    from = at + ID_LENGTH;
    at = from - 1;
  }
  return text + token.slice(from);
}

export interface Edits {
  instruction?: string;
  /** Changes of the task's setup: another agent or model. */
  setup?: Partial<Setup>;
  /** The new text of one message, by its index in the task's log. */
  message?: { index: number; text: string };
}

/**
 * Returns the forked task's log with the edits. Before the first turn a change of setup replaces the original setup;
 * later it is added as an event, which starts a new prompt.
 */
export function edited(entries: Entry[], edits: Edits, by: string, words: string): Entry[] {
  const hasSpoken = entries.some((entry) => entry.kind === "agent_response");
  const { instruction, setup, message } = edits;
  const log = entries.map((entry, index): Entry => {
    if (entry.kind === "instruction" && instruction !== undefined)
      return { ...entry, content: { ...entry.content, instruction, title: titleOf(instruction) } };
    if (entry.kind === "system" && setup && !hasSpoken) return { ...entry, content: { ...entry.content, ...setup } };
    return message?.index === index ? withText(entry, message.text) : entry;
  });
  if (!setup || !hasSpoken) return log;
  const turn = entries.at(-1)?.turn ?? 0;
  return [...log, { kind: "event", turn, content: { type: "changed", by, setup, text: words } }];
}

function titleOf(instruction: string): string {
  return (instruction.trimStart().split("\n", 1)[0] ?? "").slice(0, 200);
}

function withText(entry: Entry, text: string): Entry {
  if (entry.kind === "instruction")
    return { ...entry, content: { ...entry.content, instruction: text, title: titleOf(text) } };
  if (entry.kind === "steer") return { ...entry, content: { ...entry.content, text } };
  if (entry.kind === "tool_response") return { ...entry, content: { ...entry.content, text } };
  return entry;
}

/** A task of the fork, with its new ids. */
export interface ForkedTask {
  uid: string;
  parentUid: string | null;
  state: TaskState;
}

export interface ForkedGrant {
  cap: GrantAmounts;
  given: { tokens: number; microUsd: number; tasks: number };
}

/**
 * Returns the grants at the cut: each task's grant plus what a person added, and what its subtasks hold. `added` holds
 * later grants from each task's own log; each also widened all tasks above. Tasks come after their parents.
 */
const NOTHING_ADDED: AddedAmounts = { tokens: 0, microUsd: 0, seconds: 0 };

export function grantsOf(tasks: ForkedTask[], added: Map<string, AddedAmounts>): Map<string, ForkedGrant> {
  const grants = new Map<string, ForkedGrant>();
  for (const { uid, state } of tasks) {
    grants.set(uid, { cap: { ...state.assignment.grant }, given: { tokens: 0, microUsd: 0, tasks: 0 } });
  }
  const widened = new Map(added);
  for (const { uid, parentUid, state } of tasks.toReversed()) {
    const grant = grants.get(uid);
    if (!grant) continue;
    const more = widened.get(uid) ?? NOTHING_ADDED;
    if (parentUid) {
      const above = widened.get(parentUid) ?? NOTHING_ADDED;
      widened.set(parentUid, {
        tokens: above.tokens + more.tokens,
        microUsd: above.microUsd + more.microUsd,
        seconds: above.seconds + more.seconds,
      });
    }
    if (grant.cap.seconds !== null) grant.cap.seconds += more.seconds;
    const { tokensIn, tokensOut, microUsd } = state.spent;
    const spent = { tokens: tokensIn + tokensOut, microUsd, tasks: 1 };
    const parent = parentUid ? grants.get(parentUid) : undefined;
    for (const of of CONSERVED) {
      const cap = grant.cap[of];
      if (cap === null) continue;
      // Payments from the tree's reserve had widened the grant, so it covers at least what is used.
      const widest = cap + (of === "tasks" ? 0 : more[of]) + state.borrowed[of];
      const covered = Math.max(widest, spent[of] + grant.given[of]);
      grant.cap[of] = covered;
      if (parent) parent.given[of] += state.ended ? spent[of] + grant.given[of] : covered;
    }
  }
  return grants;
}

/** A review of the original tree, with the ids of the fork. */
export interface SourceReview {
  uid: string;
  taskUid: string;
  kind: Review["kind"];
  status: Review["status"];
  answer: string | null;
  decidedBy: string | null;
  decidedAtMs: number | null;
  title: string;
  detail: string;
}

interface ReviewAtCut {
  uid: string;
  /** The task that is asked; null when a person is asked, or when the question is not open. */
  addressee: string | null;
  isOpen: boolean;
}

export interface InFlight {
  reviews: ReviewAtCut[];
  letters: { to: string; body: LetterBody }[];
}

/**
 * Returns the reviews open at the cut and the letters sent but not yet read. Letters are not in any log, so they are
 * reconstructed from the logs of sender and reader.
 */
export function inFlightAt(tasks: ForkedTask[], reviews: SourceReview[], cutAtMs: number): InFlight {
  const byUid = new Map(tasks.map((task) => [task.uid, task]));
  const found: InFlight = { reviews: [], letters: stopsOf(tasks, byUid) };
  for (const review of reviews) {
    const asker = byUid.get(review.taskUid);
    if (!asker) continue;
    const wasDecided = review.decidedAtMs !== null && review.decidedAtMs <= cutAtMs;
    const isBlocking = review.kind === "question" || review.kind === "approval" || isAwaited(asker.state, review.uid);
    if (!isBlocking) {
      if (!wasDecided) found.reviews.push({ uid: review.uid, addressee: null, isOpen: true });
    } else if (isAwaited(asker.state, review.uid)) {
      // What the asker still waits for at the cut was withdrawn later.
      if (wasDecided && review.status !== "withdrawn") {
        found.reviews.push({ uid: review.uid, addressee: null, isOpen: false });
        found.letters.push({ to: asker.uid, body: decisionOf(review, isAnswerTainted(asker, review.uid, byUid)) });
      } else {
        const isQuestion = review.kind === "question";
        const { addressee, isUnread } = whoIsAsked(asker, review.uid, byUid);
        found.reviews.push({ uid: review.uid, addressee: isQuestion ? addressee : null, isOpen: true });
        if (isQuestion && addressee && isUnread) found.letters.push({ to: addressee, body: questionOf(review, asker) });
      }
    }
  }
  return found;
}

function isAwaited(state: TaskState, review: string): boolean {
  if (state.ended) return false;
  if (state.unanswered.has(review)) return true;
  const asked = state.callAsks.get(review);
  if (asked) return asked.answer === null;
  return [...state.open.values()].some((call) => call.review === review && call.approval !== "given");
}

function decisionOf({ uid, kind, status, answer, decidedBy }: SourceReview, isTainted: boolean): LetterBody {
  const by = decidedBy ?? "somebody";
  if (kind === "question")
    return { kind: "answer", review: uid, text: answer ?? "", by, ...(isTainted && { tainted: true }) };
  if (kind === "proposal") {
    const decision = { status, ...(answer && { reason: answer }) };
    return { kind: "answer", review: uid, text: JSON.stringify(decision), by };
  }
  return { kind: "approval", review: uid, approved: status === "approved", by, reason: answer ?? "" };
}

function questionOf(review: SourceReview, asker: ForkedTask): LetterBody {
  const { assignment, tainted } = asker.state;
  const { title } = assignment;
  const taint = tainted ? ({ tainted: true } as const) : {};
  return { kind: "question", review: review.uid, task: asker.uid, title, text: review.detail, ...taint };
}

/** Whether a task that was asked has read content from outside: nothing says which of them, or which person, answered. */
function isAnswerTainted(asker: ForkedTask, review: string, byUid: Map<string, ForkedTask>): boolean {
  for (let { parentUid } = asker; parentUid !== null; ) {
    const above = byUid.get(parentUid);
    if (!above) return false;
    if (above.state.tainted && above.state.questionTexts.has(review)) return true;
    ({ parentUid } = above);
  }
  return false;
}

/**
 * Returns the first task above the asker that has the question open or has not read it. A task that closed it has passed it
 * up.
 */
function whoIsAsked(
  asker: ForkedTask,
  review: string,
  byUid: Map<string, ForkedTask>,
): { addressee: string | null; isUnread: boolean } {
  // A running call asks people only.
  if (asker.state.callAsks.has(review)) return { addressee: null, isUnread: false };
  let asking = asker;
  for (;;) {
    const goesToPerson = asking.state.assignment.chosen || isSelector(asking.state.setup.agent);
    const above = goesToPerson || asking.parentUid === null ? undefined : byUid.get(asking.parentUid);
    if (!above || above.state.ended) return { addressee: null, isUnread: false };
    if (above.state.questions.has(review)) return { addressee: above.uid, isUnread: false };
    if (!above.state.questionTexts.has(review)) return { addressee: above.uid, isUnread: true };
    asking = above;
  }
}

/** Returns stops for tasks that were being stopped: tasks below an ended task, and finishing tasks of an earlier try. */
function stopsOf(tasks: ForkedTask[], byUid: Map<string, ForkedTask>): InFlight["letters"] {
  return tasks.flatMap(({ uid, parentUid, state }) => {
    const parent = parentUid ? byUid.get(parentUid) : undefined;
    const { purpose } = state.assignment;
    if (!parent || state.ended || purpose === "document") return [];
    const start = parent.state.subtasks.get(uid);
    const isOver = parent.state.ended !== null || (purpose !== null && !(start && parent.state.open.has(start.call)));
    if (!isOver) return [];
    const detail = "Its parent no longer needed it when the tree was forked.";
    return [{ to: uid, body: { kind: "stop", status: "stopped", reason: "parent_ended", detail } as const }];
  });
}
