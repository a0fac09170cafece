/**
 * The queue of what the launcher does next, one thing at a time, with a signal that ends waits when an event arrives.
 */

/**
 * `ended`: the server; `n` is its release. `crashed`: one of its sides. `look`: at agents' releases; it comes again and again. `worse`: the release on trial is taken back.
 * @typedef {{ kind: "ended", how: string, n: number } | { kind: "crashed", how: string, n: number } | { kind: "stop", by: string, isOfTrial?: boolean } | { kind: "halt", by: string } | { kind: "poll" } | { kind: "worse", why: string, n: number }
 *   | { kind: "restart", by: string, restMs?: number, contents?: string, drop?: boolean, answer?: (said: object) => void }} Event
 */

export class Events {
  constructor() {
    /** @type {Event[]} */
    this.waiting = [];
    this.wake = () => {};
    this.isIdle = false;
    this.interrupt = new AbortController();
  }

  /** @param {Event} event */
  push(event) {
    // A second signal does not wait for turns to end; the database holds what they did.
    if (event.kind === "stop" && this.isStopping()) process.exit(130);
    // It comes again, and must not end a wait for something else.
    if (event.kind === "poll" && !this.isIdle) return;
    // A wait for a probe ends.
    if (event.kind !== "poll") this.interrupt.abort();
    this.waiting.push(event);
    this.wake();
  }

  areWaiting() {
    return this.waiting.length > 0;
  }

  /** @param {string} wanted */
  has(wanted) {
    return this.waiting.some(({ kind }) => kind === wanted);
  }

  isStopping() {
    return this.has("stop");
  }

  /** Aborts when an event arrives that cannot wait. */
  interrupted() {
    return this.interrupt.signal;
  }

  isInterrupted() {
    return this.interrupt.signal.aborted;
  }

  /** @returns {Promise<Event>} */
  async next() {
    for (;;) {
      const event = this.waiting[0];
      if (event) {
        this.interrupt = new AbortController();
        // A stop stays in the queue, so that a second one is noticed.
        if (event.kind !== "stop") this.waiting.shift();
        if (this.waiting.length > 0) this.interrupt.abort();
        return event;
      }
      this.isIdle = true;
      await new Promise((resolve) => {
        this.wake = () => resolve(undefined);
      });
      this.isIdle = false;
    }
  }

  /** Waits for this time, or until an event arrives. @param {number} ms */
  async pause(ms) {
    if (this.areWaiting()) return;
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });
  }
}
