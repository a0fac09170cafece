/** The server's side of one running call: its chunks, its input and its only outcome. */
import { headers, type Msg, type NatsConnection, nuid, type Subscription } from "@nats-io/transport-node";
import { listen, type NatsLink } from "./connect";
import { subjects } from "./names";
import { createNumbered, numberOf } from "./numbered";
import type { CallListener, FollowedCall, Taken } from "./port";
import { INPUT_HEADER, parsed, refuseLarge, type StoredOutcome, takenShape } from "./wire";

/** How long the last chunks of a call may come later than its outcome, on another way through the nodes. */
const LATE_CHUNKS_MS = 500;
/** An outcome whose message was lost is found by asking this often, and a cancellation that was lost is sent again. */
const ASK_EVERY_MS = 10_000;
const ANSWER_MS = 2_000;
const MOST_TRIES = 5;

export interface Followed {
  link: NatsLink;
  cell: string;
  runner: string;
  callId: string;
  listener: CallListener;
  /** Reads a message under the outcome's subject. */
  read(data: Uint8Array): StoredOutcome;
  /** Asks for the stored outcome; null: there is none. Rejects when nobody can say. */
  ask(): Promise<StoredOutcome | null>;
}

export interface EndableCall extends FollowedCall {
  /** Gives it this end, unless it has one. */
  end(result: StoredOutcome): void;
}

/** Listens from now on. `isOld`: the call may have ended before, so its outcome is asked for at once. */
export function followCall(followed: Followed, isOld: boolean): EndableCall {
  const { link, cell, runner, callId, listener } = followed;
  const { connection } = link;
  let resolveOutcome: (outcome: StoredOutcome | null) => void = () => {};
  const outcome = new Promise<StoredOutcome | null>((resolve) => {
    resolveOutcome = resolve;
  });
  const chunks = createNumbered((gap) => listener.onGap?.(gap));
  let ended: StoredOutcome | null = null;
  let late: NodeJS.Timeout | undefined;
  const subscriptions: Subscription[] = [];

  const close = (result: StoredOutcome | null) => {
    for (const subscription of subscriptions.splice(0)) subscription.unsubscribe();
    clearInterval(asking);
    clearTimeout(late);
    offBack();
    offClose();
    resolveOutcome(result);
  };
  const leave = () => {
    if (ended === null) close(null);
  };
  const finish = () => {
    if (ended === null) return;
    if ("chunks" in ended) chunks.end(ended.chunks);
    close(ended);
  };
  const end = (result: StoredOutcome) => {
    if (ended) return;
    ended = result;
    if (!("chunks" in result) || chunks.next() >= result.chunks) finish();
    else late = setTimeout(finish, LATE_CHUNKS_MS);
  };
  const onChunk = ({ headers: numbered, data }: Msg) => {
    if (!chunks.take(numberOf(numbered))) return;
    listener.onChunk?.(data);
    if (ended && "chunks" in ended && chunks.next() >= ended.chunks) finish();
  };
  const ask = () => void followed.ask().then((found) => found && end(found), ignored);
  let cancelling: Promise<Taken> | null = null;
  let isCancelled = false;
  const cancel = () => {
    isCancelled = true;
    cancelling ??= tell(connection, subjects.cancel(cell, runner, callId), () => ended !== null).finally(() => {
      cancelling = null;
    });
    return cancelling;
  };
  const askAgain = () => {
    ask();
    // Nobody but the outcome tells that the call has ended.
    if (isCancelled) void cancel();
  };

  const asking = setInterval(askAgain, ASK_EVERY_MS);
  const offBack = link.onBack(askAgain);
  subscriptions.push(
    listen(connection, subjects.chunk(cell, runner, callId), onChunk),
    listen(connection, subjects.outcome(cell, runner, callId), ({ data }) => end(followed.read(data))),
  );
  const offClose = link.onClose(leave);
  if (isOld) ask();
  const input = createInput(connection, subjects.input(cell, runner, callId), () => ended !== null);
  return {
    callId,
    outcome,
    end,
    input,
    cancel,
    leave,
  };
}

/** The next question, or the message itself, brings what this one did not. */
function ignored(): void {}

/** Sends inputs one after another, so that they arrive in order. */
function createInput(connection: NatsConnection, subject: string, hasEnded: () => boolean) {
  let last: Promise<unknown> = Promise.resolve();
  return (data: Uint8Array): Promise<Taken> => {
    refuseLarge(data);
    const sent = last.then(() => tell(connection, subject, hasEnded, data));
    last = sent;
    return sent;
  };
}

/** Asks the runner until it answers. It takes each input once, so asking again does no harm. */
async function tell(
  connection: NatsConnection,
  subject: string,
  hasEnded: () => boolean,
  input?: Uint8Array,
): Promise<Taken> {
  const named = headers();
  named.set(INPUT_HEADER, nuid.next());
  for (let tried = 0; tried < MOST_TRIES && !hasEnded(); tried += 1) {
    try {
      const answer = await connection.request(subject, input, { timeout: ANSWER_MS, headers: named });
      const taken = parsed(takenShape, answer.data)?.taken;
      if (taken !== "missing") return taken ?? "unknown";
      return "ended";
    } catch {
      // Lost, or cut off: asked again.
    }
  }
  return hasEnded() ? "ended" : "unknown";
}
