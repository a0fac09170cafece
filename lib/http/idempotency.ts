/**
 * Runs a POST with an `Idempotency-Key` once and gives every repetition the same answer, so that a client without an
 * answer can send it again. After draft-ietf-httpapi-idempotency-key-header. Keys belong to their sender, and are kept
 * for a day.
 */
import { createHash } from "node:crypto";
import { type Problem, problem } from "./problem";

interface KeptAnswer {
  /** The hash of the answered request. */
  requestHash: string;
  status: number;
  body: unknown;
}

/** Stores answers by the hash of key and sender, for a day. */
export interface AnswerStore {
  find(hash: string): KeptAnswer | null;
  keep(hash: string, answer: KeptAnswer): Promise<void>;
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

type Answer = { status: number; body: unknown };

const SHOWN_ONCE =
  "This Idempotency-Key was already used, and its answer is shown only once; use a new key to repeat the request.";

export function createIdempotency(store: AnswerStore) {
  /** Requests that run in this process; the same key waits for them. */
  const running = new Map<string, { requestHash: string; answer: Promise<Answer> }>();

  /** Errors on our side are not stored, so a repeated request runs again. */
  async function carryOut(hash: string, requestHash: string, isSecret: boolean, work: (id: string) => Promise<Answer>) {
    const answer = await work(hash);
    const { status, body } =
      isSecret && answer.status < 400 ? { status: 409, body: problem("answer-shown-once", SHOWN_ONCE) } : answer;
    if (answer.status < 500) await store.keep(hash, { requestHash, status, body });
    return answer;
  }

  /**
   * `work` gets an id of key and sender, for things that must be created only once even if the process dies before the
   * answer is stored.
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
    const known = other ?? store.find(hash);
    if (known && known.requestHash !== requestHash) {
      const body = problem(
        "key-reused",
        "This Idempotency-Key was used for another request: use a new key for each request.",
      );
      return { status: 422, body, isRepeated: false };
    }
    if (other) return { ...(await other.answer), isRepeated: true };
    if (known) return { ...(known as KeptAnswer), isRepeated: true };
    const answer = carryOut(hash, requestHash, request.isSecret, work);
    running.set(hash, { requestHash, answer });
    try {
      return { ...(await answer), isRepeated: false };
    } finally {
      running.delete(hash);
    }
  };
}

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
  const answers = new Map<string, KeptAnswer>();
  return {
    find: (hash) => answers.get(hash) ?? null,
    keep: async (hash, answer) => void answers.set(hash, answer),
  };
}
