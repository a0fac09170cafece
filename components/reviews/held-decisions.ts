/**
 * Decisions that wait a few seconds in the browser, so that they can be taken back before anybody acts on them. They are
 * sent when their time is over, and at once when the page is left; what a browser lost in between is kept on this device
 * and sent when the page is opened next. The server takes each of them once, whatever is sent how often.
 */
import type { Refusal } from "@/core/shapes/refusal";

export const HOLD_MS = 6_000;
/** Between tries while the server does not answer. */
const RETRY_MS = 3_000;
/** A decision of another page of this browser is that page's to send, until it is this much overdue. */
const LOST_MS = 5_000;
const STORAGE_KEY = "banyan.held";
/** Browsers refuse larger bodies of requests that may outlive their page. */
const MOST_KEEPALIVE = 60_000;

export interface Decision {
  /** Of the review item. */
  id: string;
  /** Below `/api/v1/`. */
  path: string;
  body: Record<string, unknown>;
  /** What was done, as the beginning of a sentence: “Approved”. */
  words: string;
  /** Who decided: nobody else's session sends it. */
  by: string;
}

export interface Held extends Decision {
  state: "held" | "sending" | "done" | "failed";
  dueAtMs: number;
  /** Decisions that were made together are taken back together. */
  group: number;
  sentence: string;
}

export interface Answer {
  ok: boolean;
  sentence: string;
  refusal?: Refusal;
}

export interface HeldSources {
  /** Rejects when the server did not answer: then it is tried again. */
  send(decision: Decision): Promise<Answer>;
  now(): number;
  storage: Pick<Storage, "getItem" | "setItem"> | null;
}

export class HeldDecisions {
  #all: ReadonlyMap<string, Held> = new Map();
  #listeners = new Set<() => void>();
  #group = 0;

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
    this.#put(fresh.map((one) => ({ ...one, state: "held", dueAtMs, group, sentence: `${one.words}.` })));
    setTimeout(() => this.#sendDue(group), HOLD_MS);
  }

  /** The decisions that were made last and are not sent yet; their ids, none when there are none. */
  undo(id?: string): string[] {
    const held = [...this.#all.values()].filter((one) => one.state === "held");
    const group = id === undefined ? held.at(-1)?.group : held.find((one) => one.id === id)?.group;
    const taken = held.filter((one) => (id === undefined ? one.group === group : one.id === id)).map((one) => one.id);
    this.forget(taken);
    return taken;
  }

  forget(ids: readonly string[]): void {
    if (ids.length === 0) return;
    const gone = new Set(ids);
    this.#set(new Map([...this.#all].filter(([id]) => !gone.has(id))));
  }

  /** Everything that waits goes out now. */
  flush(): void {
    for (const one of this.#all.values()) if (one.state === "held") void this.#send(one);
  }

  /** What a page of this browser could not send any more, and nobody else's. */
  sendLost(by: string): void {
    const lost = this.#kept().filter((one) => one.dueAtMs < this.sources.now() - LOST_MS);
    const own = lost.filter((one) => one.by === by && !this.#all.has(one.id));
    this.#put(own.map((one) => ({ ...one, state: "held", group: 0 })));
    for (const one of own) void this.#send(one);
  }

  #sendDue(group: number): void {
    for (const one of this.#all.values()) if (one.group === group && one.state === "held") void this.#send(one);
  }

  async #send(held: Held): Promise<void> {
    this.#put([{ ...held, state: "sending" }]);
    for (let tries = 1; ; tries++) {
      try {
        const { ok, sentence, refusal } = await this.sources.send(held);
        // The first try arrived, and its answer did not.
        const arrived = !ok && tries > 1 && refusal?.code === "already_decided" && refusal.by === held.by;
        const said = arrived ? `${held.words}.` : sentence;
        this.#put([{ ...held, state: ok || arrived ? "done" : "failed", sentence: said }]);
        return;
      } catch {
        const sentence = `${held.words}, not sent yet: the server does not answer. It is sent when it does.`;
        this.#put([{ ...held, state: "sending", sentence }]);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
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
    const isOpen = ({ state }: Held) => state === "held" || state === "sending";
    // Those of other pages stay as they are.
    const others = this.#kept().filter((one) => !before.has(one.id) && !all.has(one.id));
    this.#keep([...others, ...[...all.values()].filter(isOpen)]);
    for (const listener of this.#listeners) listener();
  }

  #kept(): Held[] {
    try {
      const kept: unknown = JSON.parse(this.sources.storage?.getItem(STORAGE_KEY) ?? "[]");
      return Array.isArray(kept) ? kept.filter(isHeld) : [];
    } catch {
      return [];
    }
  }

  #keep(held: readonly Held[]): void {
    try {
      this.sources.storage?.setItem(STORAGE_KEY, JSON.stringify(held));
    } catch {
      // A browser with no room keeps nothing: they are still sent when the page is left.
    }
  }
}

function isHeld(value: unknown): value is Held {
  const { id, path, by, words, dueAtMs, body } = (value ?? {}) as Partial<Held>;
  const texts = [id, path, by, words].every((one) => typeof one === "string");
  return texts && typeof dueAtMs === "number" && typeof body === "object" && /^reviews\/\w+\/[\w-]+$/.test(path ?? "");
}

/** Also while the page is being left. Rejects when there is no answer of our server. */
export async function sendDecision({ path, body }: Pick<Decision, "path" | "body">): Promise<Answer> {
  const text = JSON.stringify(body);
  const answer = await fetch(`/api/v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: text,
    keepalive: text.length < MOST_KEEPALIVE,
  });
  const said = (await answer.json().catch(() => null)) as {
    sentence?: string;
    detail?: string;
    refusal?: Refusal;
  } | null;
  if (said === null && answer.status >= 500) throw new Error("The server is not there.");
  if (answer.status === 401)
    return { ok: false, sentence: "You are signed out, so it was not sent: sign in and decide again." };
  const sentence = said?.sentence ?? said?.detail ?? "The server gave no sentence.";
  return { ok: answer.ok, sentence, ...(said?.refusal && { refusal: said.refusal }) };
}
