/**
 * Holds decisions in the browser for a few seconds, so that they can be undone before an agent acts on them. They are
 * sent when the time is up or the page is left. If the browser crashes first, they are still in its storage, and the
 * next page sends them. The server accepts a decision once, however often it is sent.
 */
import type { FieldIssue, Refusal } from "@/core/shapes/refusal";
import type { Review } from "@/core/shapes/shapes";

export const HOLD_MS = 6_000;
/** Time between retries while the server does not answer. */
const RETRY_MS = 1_000;
/** Another page of this browser sends its own decisions. One that is overdue by this much is considered lost. */
const LOST_MS = 5_000;
/** Group of the decisions that an earlier page stored and maybe sent. */
const LOST_GROUP = 0;
const STORAGE_KEY = "banyan.held";
/** Holds the decisions that a page took back, because another page may be retrying them. */
const TAKEN_KEY = "banyan.taken-back";
const MOST_TAKEN = 100;
/** Browsers refuse larger bodies in `keepalive` requests, which may outlive their page. */
const MOST_KEEPALIVE = 60_000;

export interface Decision {
  /** Id of the review item, or of the failure. */
  id: string;
  /** Id of its task. */
  task: string;
  /** Path below `/api/v1/`. */
  path: string;
  body: Record<string, unknown>;
  /** The decision as the beginning of a sentence, for example “Approved”. */
  words: string;
  /** The user who decided. Another user's session must not send it. */
  by: string;
}

export interface Held extends Decision {
  /** "waiting": a try had no answer, and the next one comes. */
  state: "held" | "sending" | "waiting" | "done" | "failed";
  dueAtMs: number;
  /** Decisions with the same number are undone together. */
  group: number;
  sentence: string;
  /** Set when an earlier decision about the item was taken back after a try that may have arrived. */
  isAnew?: true;
}

export interface Answer {
  ok: boolean;
  sentence: string;
  refusal?: Refusal;
  issues?: readonly FieldIssue[];
}

export interface HeldSources {
  /** Rejects if the server did not answer, which leads to a retry. */
  send(decision: Held): Promise<Answer>;
  now(): number;
  storage: Pick<Storage, "getItem" | "setItem"> | null;
}

export class HeldDecisions {
  #all: ReadonlyMap<string, Held> = new Map();
  #listeners = new Set<() => void>();
  #group = 0;
  /** How many parts of the page show decisions. */
  #places = 0;
  /** Ids whose decision was forgotten after a try that may have arrived. */
  #maybeArrived = new Set<string>();

  constructor(readonly sources: HeldSources) {}

  snapshot = (): ReadonlyMap<string, Held> => this.#all;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  hold(decisions: readonly Decision[]): void {
    const fresh = decisions.filter(({ id }) => {
      const known = this.#all.get(id);
      return !known || known.state === "failed";
    });
    const group = ++this.#group;
    const dueAtMs = this.sources.now() + HOLD_MS;
    this.#put(
      fresh.map((one) => ({
        ...one,
        state: "held",
        dueAtMs,
        group,
        sentence: `${one.words}.`,
        ...(this.#maybeArrived.has(one.id) && { isAnew: true }),
      })),
    );
    setTimeout(() => this.#sendDue(group), HOLD_MS);
  }

  /** Undoes the decision with this id, or the last group of decisions, that are not sent. Returns the ids that were undone. */
  undo(id?: string): string[] {
    const held = [...this.#all.values()].filter(canUndo);
    const group = id === undefined ? held.at(-1)?.group : held.find((one) => one.id === id)?.group;
    const taken = held.filter((one) => (id === undefined ? one.group === group : one.id === id)).map((one) => one.id);
    this.forget(taken);
    return taken;
  }

  forget(ids: readonly string[]): void {
    if (ids.length === 0) return;
    const gone = new Set(ids);
    for (const id of gone) if (this.#all.get(id)?.state === "waiting") this.#maybeArrived.add(id);
    this.#take([...this.#all.values()].filter((one) => gone.has(one.id) && canUndo(one)));
    this.#set(new Map([...this.#all].filter(([id]) => !gone.has(id))));
  }

  /** Forgets decisions that are sent (of one task), so that their outcome is not shown again later. */
  forgetDone(task?: string): void {
    const done = [...this.#all.values()].filter((one) => one.state === "done" && (task ?? one.task) === one.task);
    this.forget(done.map(({ id }) => id));
  }

  /**
   * A part of the page begins to show this user's decisions. Returns the function that ends it: with the last part, the
   * page is left, which sends what is held and forgets outcomes.
   */
  enter(by: string): () => void {
    this.#places += 1;
    this.sendLost(by);
    return () => {
      this.#places -= 1;
      if (this.#places > 0) return;
      this.flush();
      this.forgetDone();
    };
  }

  /** Sends all held decisions now. */
  flush(): void {
    for (const one of this.#all.values()) if (one.state === "held") void this.#send(one);
  }

  /** Sends this user's decisions that a page of this browser stored and never sent. */
  sendLost(by: string): void {
    const taken = this.#taken();
    const late = this.#kept().filter((one) => one.dueAtMs < this.sources.now() - LOST_MS);
    const lost = late.filter((one) => !taken.includes(keyOf(one)));
    const own = lost.filter((one) => one.by === by && !this.#all.has(one.id));
    this.#put(own.map((one) => ({ ...one, state: "held", group: LOST_GROUP })));
    for (const one of own) void this.#send(one);
  }

  #sendDue(group: number): void {
    for (const one of this.#all.values()) if (one.group === group && one.state === "held") void this.#send(one);
  }

  async #send(held: Held): Promise<void> {
    if (this.#wasTakenElsewhere(held)) return;
    this.#put([{ ...held, state: "sending" }]);
    for (let tries = 1; ; tries++) {
      try {
        const { ok, sentence, refusal } = await this.sources.send(held);
        const isDone = ok || isDoneAlready(held, refusal, tries > 1);
        this.#put([
          { ...held, state: isDone ? "done" : "failed", sentence: ok || !isDone ? sentence : `${held.words}.` },
        ]);
        return;
      } catch {
        const sentence = `${held.words}, not sent yet: waits for the server.`;
        this.#put([{ ...held, state: "waiting", sentence }]);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        // It was taken back meanwhile, and maybe decided anew.
        if (this.#all.get(held.id)?.dueAtMs !== held.dueAtMs || this.#wasTakenElsewhere(held)) return;
        this.#put([{ ...held, state: "sending", sentence }]);
      }
    }
  }

  /** Forgets a decision that another page of this browser took back, and returns whether one did. */
  #wasTakenElsewhere(held: Held): boolean {
    if (!this.#taken().includes(keyOf(held))) return false;
    this.forget([held.id]);
    return true;
  }

  #put(changed: readonly Held[]): void {
    if (changed.length === 0) return;
    const all = new Map(this.#all);
    for (const one of changed) {
      all.delete(one.id);
      all.set(one.id, one);
    }
    this.#set(all);
  }

  #set(all: ReadonlyMap<string, Held>): void {
    const before = this.#all;
    this.#all = all;
    const isOpen = (one: Held) => canUndo(one) || one.state === "sending";
    // Decisions that other pages stored stay untouched.
    const others = this.#kept().filter((one) => !before.has(one.id) && !all.has(one.id));
    this.#keep([...others, ...[...all.values()].filter(isOpen)]);
    for (const listener of this.#listeners) listener();
  }

  #kept(): Held[] {
    return this.#read(STORAGE_KEY).filter(isHeld);
  }

  #keep(held: readonly Held[]): void {
    this.#write(STORAGE_KEY, held);
  }

  #taken(): unknown[] {
    return this.#read(TAKEN_KEY);
  }

  #take(held: readonly Held[]): void {
    if (held.length > 0) this.#write(TAKEN_KEY, [...this.#taken(), ...held.map(keyOf)].slice(-MOST_TAKEN));
  }

  #read(key: string): unknown[] {
    try {
      const kept: unknown = JSON.parse(this.sources.storage?.getItem(key) ?? "[]");
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  }

  #write(key: string, value: readonly unknown[]): void {
    try {
      this.sources.storage?.setItem(key, JSON.stringify(value));
    } catch {
      // Storage is off or full. The decisions are still sent when their time is up or the page is left.
    }
  }
}

/** One making of a decision: a decision that is made anew about the same item has another one. */
export const keyOf = ({ id, dueAtMs }: Pick<Held, "id" | "dueAtMs">): string => `${id}.${dueAtMs}`;

/** Until a decision is on its way it can be taken back. */
export const canUndo = ({ state }: Pick<Held, "state">): boolean => state === "held" || state === "waiting";

/** Where decisions are sent. A text from the storage must not name another address. */
const PATHS = /^(reviews\/\w+\/[\w-]+|(trees|tasks)\/\w+\/(retry|seen))$/;

/**
 * The state of an item after a decision, by the last part of the decision's path. A call that is approved with other
 * arguments is rejected as it was asked.
 */
const BECOMES: Record<string, Review["status"]> = {
  approve: "approved",
  "approve-changed": "rejected",
  reject: "rejected",
  answer: "answered",
};

/**
 * Returns true when the refusal says that the same user has decided the same already: an earlier try arrived and only
 * its answer was lost, or another tab was faster. A text must not look sent when it may be another text that arrived:
 * that of another tab, or of a decision that was taken back.
 */
function isDoneAlready(held: Held, refusal: Refusal | undefined, isRetry: boolean): boolean {
  if (refusal?.code !== "already_decided" || refusal.by !== held.by) return false;
  if (refusal.status !== BECOMES[held.path.split("/").at(-1) ?? ""]) return false;
  if (held.isAnew) return false;
  if (isRetry || held.group === LOST_GROUP) return true;
  const { reason, text, edited, arguments: input } = held.body;
  return !reason && !text && !edited && !input;
}

function isHeld(value: unknown): value is Held {
  const { id, path, by, words, dueAtMs, body } = (value ?? {}) as Partial<Held>;
  const texts = [id, path, by, words].every((one) => typeof one === "string");
  return texts && typeof dueAtMs === "number" && typeof body === "object" && PATHS.test(path ?? "");
}

/**
 * Posts a decision, even while the page is being left. Rejects if the server does not answer. A second try with the same
 * `key` gets the answer of the first: two retries of a task would be two attempts.
 */
export async function sendDecision({ path, body }: Pick<Decision, "path" | "body">, key?: string): Promise<Answer> {
  const text = JSON.stringify(body);
  const answer = await fetch(`/api/v1/${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json",
      ...(key !== undefined && { "idempotency-key": key }),
    },
    body: text,
    keepalive: text.length < MOST_KEEPALIVE,
  });
  const reply = (await answer.json().catch(() => null)) as {
    sentence?: string;
    detail?: string;
    refusal?: Refusal;
    issues?: readonly FieldIssue[];
  } | null;
  if (reply === null && answer.status >= 500) throw new Error("The server is not reachable.");
  if (answer.status === 401)
    return { ok: false, sentence: "Not sent, because you are signed out. Sign in and decide again." };
  const sentence = reply?.sentence ?? reply?.detail ?? "The server gave no explanation.";
  const { refusal, issues } = reply ?? {};
  return { ok: answer.ok, sentence, ...(refusal && { refusal }), ...(issues && { issues }) };
}
