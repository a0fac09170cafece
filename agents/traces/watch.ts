/**
 * Sends the log as traces, after it was committed: nothing waits for it, and a task does not know of it. The place up to
 * which the collector has taken spans is stored after its answer, so after a kill some spans are sent again, with the same ids.
 */
import type { Content } from "@/core/traces/attributes";
import type { TaskPlace } from "@/core/traces/ids";
import { spansOf } from "@/core/traces/project";
import type { Span } from "@/core/traces/span";
import type { Store } from "@/db/store";
import type { StoredCut, TraceRecord } from "@/db/traces/trace-record";
import type { NewEntries } from "@/db/traces/trace-rows";
import type { Redactor } from "@/lib/secrets/redact";
import type { Timers } from "@/lib/time/timers";
import type { SendOutcome, TraceSender } from "@/lib/traces/otlp";

const POLL_MS = 1_000;
/** Entries of one request. */
const MOST_ENTRIES = 500;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 300_000;
/** How long a process that ends waits for the collector. */
const LAST_MS = 2_000;
/** A text in a span is cut after so many characters. */
const MOST_CHARS = 8_000;

export interface TraceOptions {
  store: Pick<Store, "traces">;
  sender: TraceSender;
  withContent: boolean;
  redactor: Pick<Redactor, "redactValue">;
  timers: Timers;
  now(): number;
  report(message: string): void;
}

export interface TraceWatch {
  /** Sends what is new. Never rejects. */
  check(): Promise<void>;
  /** Whether the settings name a collector. */
  isOn: boolean;
  /** Ends it. `isLast`: this process led, so it sends once more what is new, if that takes a moment only. */
  stop(isLast: boolean): Promise<void>;
}

interface Sending {
  options: TraceOptions;
  content: Content;
  /** Tries that failed since the collector took spans. */
  failures: number;
  /** It was said that the collector takes no spans. This lasts until it has taken all of them. */
  isTold: boolean;
  /** Since when, and for how long, the collector is not asked. */
  rest: { sinceMs: number; forMs: number };
  /** Entries of the next request at most. */
  most: number;
  /** The process ends: what the collector answers now is not stored. */
  isOver: boolean;
}

/** Call it before a worker starts, which removes dead ones: from then on kills are noted. */
export async function openTraces({ store: { traces } }: Pick<TraceOptions, "store">): Promise<void> {
  await traces.change((record) => record ?? { sentSeq: traces.newest(), cuts: [] });
}

/** Begins to send, while `leads` says so. */
export function startTraceWatch(options: TraceOptions, leads: () => boolean): TraceWatch {
  const sending: Sending = {
    options,
    content: contentOf(options),
    failures: 0,
    isTold: false,
    rest: { sinceMs: 0, forMs: 0 },
    most: MOST_ENTRIES,
    isOver: false,
  };
  let running: Promise<void> | null = null;
  const check = () => {
    running ??= sendNew(sending)
      .catch((error: unknown) => options.report(`Traces could not be sent: ${(error as Error).message}`))
      .finally(() => {
        running = null;
      });
    return running;
  };
  const end = options.timers.every(POLL_MS, () => {
    if (leads()) void check();
  });
  return {
    check,
    isOn: true,
    async stop(isLast) {
      end();
      const isLate = new Promise<void>((resolve) => options.timers.after(LAST_MS, resolve));
      await Promise.race([isLast ? (running ?? Promise.resolve()).then(check) : running, isLate]);
      sending.isOver = true;
    },
  };
}

function contentOf({ withContent, redactor }: TraceOptions): Content {
  if (!withContent) return null;
  return (value) => {
    const clean = redactor.redactValue(value);
    return typeof clean === "string" ? clean.slice(0, MOST_CHARS) : cutJson(clean);
  };
}

/** Returns a value as JSON with its texts cut so that it fits: pages of collectors read it as JSON. */
function cutJson(value: unknown): string {
  for (let most = MOST_CHARS; ; most = Math.floor(most / 2)) {
    const cut = JSON.stringify(value, (_, part) => (typeof part === "string" ? part.slice(0, most) : part));
    // What is long without long texts, such as a list of numbers, stays no JSON.
    if (cut.length <= MOST_CHARS || most === 0) return cut.slice(0, MOST_CHARS);
  }
}

/** Sends batch after batch until nothing is new, or the collector takes nothing now. */
async function sendNew(sending: Sending): Promise<void> {
  const { store, now } = sending.options;
  // A clock that was set back must not make the rest longer.
  const isResting = () => Math.abs(now() - sending.rest.sinceMs) < sending.rest.forMs;
  while (!isResting() && !sending.isOver) {
    const record = store.traces.read();
    if (!record) return;
    const { upTo, tasks } = store.traces.after(record.sentSeq, sending.most);
    const cuts = record.cuts.filter(({ isSent, afterSeq }) => !isSent && afterSeq <= upTo);
    if (upTo === record.sentSeq && cuts.length === 0) {
      sending.isTold = false;
      return;
    }
    const spans = spansBetween(sending, record, { upTo, tasks, cuts });
    if (await isTaken(sending, spans, upTo - record.sentSeq)) await keep(sending, upTo, cuts);
  }
}

interface Batch {
  upTo: number;
  tasks: readonly NewEntries[];
  cuts: readonly StoredCut[];
}

function spansBetween({ options, content }: Sending, record: TraceRecord, { upTo, tasks, cuts }: Batch): Span[] {
  const { traces } = options.store;
  const withoutEntries = cuts.flatMap(({ taskUid, afterSeq }): NewEntries[] => {
    const taskId = traces.idOf(taskUid);
    if (taskId === null || tasks.some((task) => task.taskId === taskId)) return [];
    return [{ taskId, turn: traces.turnOf(afterSeq) }];
  });
  return [...tasks, ...withoutEntries].flatMap(({ taskId, turn }) => {
    const task = traces.task(taskId);
    if (!task) return [];
    return spansOf({
      task,
      entries: traces.entries(taskId, turn, upTo),
      cuts: record.cuts.filter(({ taskUid, afterSeq }) => taskUid === task.uid && afterSeq <= upTo),
      isNew: (seq) => seq > record.sentSeq,
      isNewCut: (cut) => cuts.some(({ taskUid, afterSeq }) => taskUid === cut.taskUid && afterSeq === cut.afterSeq),
      content,
    });
  });
}

/** Sends spans once. A collector that refuses even a request without spans has another address, or another fault of its own. */
async function outcomeOf(sender: TraceSender, spans: readonly Span[]): Promise<SendOutcome> {
  if (spans.length === 0) return { kind: "taken", refused: null };
  const outcome = await sender.send(spans);
  if (outcome.kind !== "never") return outcome;
  const without = await sender.send([]);
  if (without.kind === "never") return { kind: "later", why: without.why, againInMs: null, isFull: false };
  return without.kind === "later" ? without : outcome;
}

/** Sends the spans of so many entries once. Returns whether the collector needs them no more. */
async function isTaken(sending: Sending, spans: readonly Span[], entries: number): Promise<boolean> {
  const { options } = sending;
  const { sender, now, report } = options;
  const outcome = await outcomeOf(sender, spans);
  const half = Math.max(1, Math.ceil(Math.min(sending.most, entries) / 2));
  if (outcome.kind === "smaller" && sending.most > 1) {
    sending.most = half;
    return false;
  }
  if (outcome.kind === "later") {
    // A collector may take a batch of this size at no time at all, and still say that it is busy.
    if (outcome.isFull) sending.most = half;
    if (!sending.isTold)
      report(`The collector of traces at ${sender.host} takes no spans now: ${outcome.why}. They are sent later.`);
    sending.isTold = true;
    const ownMs = FIRST_PAUSE_MS * 2 ** Math.min(sending.failures, 20);
    // A collector that says how long knows better than a count of failures.
    const forMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, outcome.againInMs ?? ownMs));
    sending.failures += 1;
    sending.rest = { sinceMs: now(), forMs };
    return false;
  }
  const refused = outcome.kind === "taken" ? outcome.refused : { spans: spans.length, why: outcome.why };
  if (refused)
    report(
      `The collector of traces at ${sender.host} refused ${refused.spans} spans: ${refused.why}. They are left out.`,
    );
  if (spans.length > 0) sending.failures = 0;
  // Slowly, because a request that is too large costs a pause.
  sending.most = Math.min(MOST_ENTRIES, sending.most + Math.ceil(sending.most / 8));
  return true;
}

async function keep({ options, isOver }: Sending, sentSeq: number, sent: readonly StoredCut[]): Promise<void> {
  if (isOver) return;
  const { traces } = options.store;
  const isNowSent = (cut: StoredCut) =>
    cut.isSent || sent.some(({ taskUid, afterSeq }) => taskUid === cut.taskUid && afterSeq === cut.afterSeq);
  await traces.change((record) => {
    if (!record) return null;
    const cuts = record.cuts.map((cut) => ({ ...cut, isSent: isNowSent(cut) }));
    // The task may have ended while the collector took this batch: the ids of the spans after it depend on its kills.
    return { ...record, sentSeq, cuts: cuts.filter((cut) => !cut.isSent || traces.hasMore(cut.taskUid, sentSeq)) };
  });
}

/** Returns where a task's work is now, for the ids of its spans; null for a task that is gone. */
export function placeNow({ traces }: Pick<Store, "traces">, taskUid: string): (TaskPlace & { length: number }) | null {
  const place = traces.placeOf(taskUid);
  if (!place) return null;
  const cuts = traces.read()?.cuts.filter((cut) => cut.taskUid === taskUid).length ?? 0;
  return { ...place, taskUid, cuts };
}
