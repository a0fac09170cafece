import fc from "fast-check";
import { expect, test } from "vitest";
import type { Message } from "@/core/shapes/shapes";
import { addLive, addPage, EMPTY_WINDOW, type LogWindow, MOST_HELD, seekIn } from "./log-window";

const PAGE = 200;
const message = (seq: number) => ({ seq, turn: seq, kind: seq % 2 ? "agent_response" : "event" }) as Message;
const between = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => message(from + at));

/** A log that grows on a server, and the window of a page that reads it. */
class Reader {
  window: LogWindow = EMPTY_WINDOW;
  constructor(public length: number) {
    this.latest();
  }
  latest() {
    this.window = addPage(seekIn(this.window, "latest"), {
      side: "latest",
      messages: between(Math.max(1, this.length - PAGE + 1), this.length),
      more: this.length > PAGE,
    });
  }
  earlier() {
    const first = this.window.log[0]?.seq ?? 1;
    const messages = first > 1 ? between(Math.max(1, first - PAGE), first - 1) : [];
    this.window = addPage(this.window, { side: "earlier", messages, more: messages.length === PAGE });
  }
  /** `late`: the number of messages that are committed while the page is being read. */
  later(late: number) {
    const last = this.window.log.at(-1)?.seq ?? 0;
    const end = Math.min(this.length, last + PAGE);
    const messages = end > last ? between(last + 1, end) : [];
    const more = end < this.length;
    this.grow(late);
    this.window = addPage(this.window, { side: "later", messages, more });
  }
  around(seq: number) {
    const [from, to] = [Math.max(1, seq - 60), Math.min(this.length, seq + PAGE - 1)];
    const ends = { hasEarlier: from > 1, hasLater: to < this.length };
    this.window = addPage(seekIn(this.window, "around"), { side: "around", messages: between(from, to), ...ends });
  }
  grow(count: number) {
    if (count === 0) return;
    this.window = addLive(this.window, between(this.length + 1, this.length + count));
    this.length += count;
  }
  follow(isFollowing: boolean) {
    this.window = { ...this.window, isFollowing };
  }
}

test("after any reads and live messages, the window has no gap, is bounded, and knows what lies beyond it", () => {
  const step = fc.oneof(
    fc.record({ what: fc.constantFrom("earlier" as const, "latest" as const), n: fc.constant(0) }),
    fc.record({ what: fc.constantFrom("later" as const), n: fc.nat(30) }),
    fc.record({ what: fc.constantFrom("grow" as const), n: fc.integer({ min: 1, max: 400 }) }),
    fc.record({ what: fc.constantFrom("around" as const), n: fc.nat(5_000) }),
    fc.record({ what: fc.constantFrom("follow" as const), n: fc.nat(1) }),
  );
  const law = fc.property(fc.integer({ min: 1, max: 3_000 }), fc.array(step, { maxLength: 30 }), (length, steps) => {
    const reader = new Reader(length);
    for (const { what, n } of steps) {
      if (what === "around") reader.around(1 + (n % reader.length));
      else if (what === "follow") reader.follow(n === 1);
      else reader[what](n);
      const { log, hasEarlier, hasLater } = reader.window;
      const [first, last] = [log[0]?.seq ?? 0, log.at(-1)?.seq ?? 0];
      expect(log.map(({ seq }) => seq)).toEqual(between(first, last).map(({ seq }) => seq));
      expect(log.length).toBeLessThanOrEqual(MOST_HELD);
      if (!hasEarlier) expect(first).toBe(1);
      if (!hasLater) expect(last).toBe(reader.length);
    }
  });
  fc.assert(law, { numRuns: 200 });
});

test("a reader at the end keeps the end; a reader further up keeps their place", () => {
  const reader = new Reader(500);
  reader.follow(true);
  reader.grow(1_000);
  expect(reader.window.log.at(-1)?.seq).toBe(1_500);
  expect(reader.window.hasEarlier).toBe(true);
  reader.follow(false);
  const first = reader.window.log[0]?.seq;
  reader.grow(1_000);
  expect(reader.window.log[0]?.seq).toBe(first);
  expect(reader.window).toMatchObject({ hasLater: true, newestSeq: 2_500, repliedTurn: 2_499 });
});
