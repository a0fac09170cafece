/**
 * A POST that bears an `Idempotency-Key` is carried out once, and answered alike however often it is sent: a client that
 * heard nothing may send it again. After draft-ietf-httpapi-idempotency-key-header. Keys are of who sends them, and kept for a day.
 */
import { createHash } from "node:crypto";
import { type Problem, problem } from "./problem";

export interface KeptAnswer {
  /** Of the request that it answers. */
  requestHash: string;
  status: number;
  body: unknown;
}

/** Keeps answers by the hash of key and sender, for a day. */
export interface AnswerStore {
  find(hash: string): KeptAnswer | null;
  keep(hash: string, answer: KeptAnswer): Promise<void>;
}

export interface KeyedRequest {
  key: string;
  /** Id of who sends it. */
  sender: string;
  method: string;
  path: string;
  body: unknown;
  /** The answer holds what is told only once: it is not kept, and the same key is refused afterwards. */
  isSecret: boolean;
}

type Answer = { status: number; body: unknown };

const TOLD =
  "This was done already with the same Idempotency-Key; what it answered is told only once, so take a new key to do it again.";

export function createIdempotency(store: AnswerStore) {
  /** Those that are at work in this process: the same key waits for them. */
  const running = new Map<string, { requestHash: string; answer: Promise<Answer> }>();

  /** What went wrong on our side is not kept: sent again, it is tried again. */
  async function carryOut(hash: string, requestHash: string, isSecret: boolean, work: (id: string) => Promise<Answer>) {
    const answer = await work(hash);
    const { status, body } = isSecret && answer.status < 400 ? { status: 409, body: problem(409, TOLD) } : answer;
    if (answer.status < 500) await store.keep(hash, { requestHash, status, body });
    return answer;
  }

  /** `work` is given an id of key and sender, for what is to be made once even when the process dies before the answer is kept. */
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
      const body = problem(422, "This Idempotency-Key was used for another request: take a new one for each.");
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
  return problem(400, "An Idempotency-Key is 1 to 255 visible ASCII characters without spaces, such as a UUID.");
}

function hashOf(...parts: string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** Forgets everything with the process; for tests. */
export function memoryAnswers(): AnswerStore {
  const answers = new Map<string, KeptAnswer>();
  return {
    find: (hash) => answers.get(hash) ?? null,
    keep: async (hash, answer) => void answers.set(hash, answer),
  };
}
