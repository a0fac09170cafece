/**
 * Runs a POST with an `Idempotency-Key` once and gives every repetition the same answer, so that a client without an
 * answer can send it again. After draft-ietf-httpapi-idempotency-key-header. Keys belong to their sender, and are kept
 * for a day from their first request.
 */
import { createHash } from "node:crypto";
import { type Problem, problem } from "./problem";

export interface Answer {
  status: number;
  body: unknown;
}

/** A request with a key, as it came first within the day. */
interface BegunRequest {
  requestHash: string;
  /** When it came. */
  atMs: number;
  /** Null: it runs, or the process that ran it has ended. */
  answer: Answer | null;
}

/** Stores requests and their answers by the hash of key and sender, for a day. */
export interface AnswerStore {
  /** Stores that the request has come, unless one with this key has come within a day, and returns the first one. */
  begin(hash: string, requestHash: string): Promise<BegunRequest>;
  keep(hash: string, answer: Answer): Promise<void>;
}

export interface KeyedRequest {
  key: string;
  /** The sender's id. */
  sender: string;
  method: string;
  path: string;
  body: unknown;
  /**
   * Whether the answer contains something that is shown only once. It is then not stored, and the same key is refused
   * afterwards.
   */
  isSecret: boolean;
}

type Carried = Pick<KeyedRequest, "isSecret"> & { requestHash: string };

const SHOWN_ONCE =
  "This Idempotency-Key was already used, and its answer is shown only once; use a new key to repeat the request.";

export function createIdempotency(store: AnswerStore) {
  /** Requests that run in this process; the same key waits for them. */
  const running = new Map<string, { requestHash: string; answer: Promise<Answer> }>();

  /** Errors on our side are not stored, so a repeated request runs again. */
  async function carryOut(hash: string, { requestHash, isSecret }: Carried, work: (id: string) => Promise<Answer>) {
    const begun = await store.begin(hash, requestHash);
    if (begun.requestHash !== requestHash) return { ...REUSED, isRepeated: false };
    if (begun.answer) return { ...begun.answer, isRepeated: true };
    // Of the time, too: the same request with the same key is another one the day after.
    const answer = await work(hashOf(hash, requestHash, String(begun.atMs)));
    const kept =
      isSecret && answer.status < 400 ? { status: 409, body: problem("answer-shown-once", SHOWN_ONCE) } : answer;
    if (answer.status < 500) await store.keep(hash, { status: kept.status, body: kept.body });
    return { ...answer, isRepeated: false };
  }

  /**
   * `work` gets an id of this request, for what must be done only once even if the process dies before the answer is
   * stored: a repetition within the day gets the same one.
   */
  return async (
    request: KeyedRequest,
    work: (id: string) => Promise<Answer>,
  ): Promise<Answer & { isRepeated: boolean }> => {
    const refusal = refusalOf(request.key);
    if (refusal) return { status: refusal.status, body: refusal, isRepeated: false };
    const hash = hashOf(request.sender, request.key);
    const requestHash = hashOf(request.method, request.path, JSON.stringify(request.body ?? null));
    const other = running.get(hash);
    if (other && other.requestHash !== requestHash) return { ...REUSED, isRepeated: false };
    if (other) return { ...(await other.answer), isRepeated: true };
    const answer = carryOut(hash, { requestHash, isSecret: request.isSecret }, work);
    running.set(hash, { requestHash, answer });
    try {
      return await answer;
    } finally {
      running.delete(hash);
    }
  };
}

const REUSED: Answer = {
  status: 422,
  body: problem("key-reused", "This Idempotency-Key was used for another request: use a new key for each request."),
};

function refusalOf(key: string): Problem | null {
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return null;
  return problem(
    "invalid-request",
    "An Idempotency-Key must be 1 to 255 visible ASCII characters without spaces, such as a UUID.",
  );
}

function hashOf(...parts: string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** Returns a store in memory, for tests. */
export function memoryAnswers(): AnswerStore {
  const begun = new Map<string, BegunRequest>();
  return {
    async begin(hash, requestHash) {
      const first = begun.get(hash) ?? { requestHash, atMs: Date.now(), answer: null };
      begun.set(hash, first);
      return first;
    },
    async keep(hash, answer) {
      const first = begun.get(hash);
      if (first) first.answer = answer;
    },
  };
}
