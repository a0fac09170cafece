/**
 * Follows the connections of autocannon. By itself it counts no request that a connection took with it, and sends what a
 * second has at its beginning, so that requests wait for each other which nobody else would send at once.
 */
import type autocannon from "autocannon";

/** What its types leave out. */
interface Connection extends autocannon.Client {
  _doRequest(): void;
  destroy(): void;
  destroyed: boolean;
}

interface Pace {
  /** Requests a second, spread over it; null: each as soon as a connection is free. */
  rate: number | null;
  /** Requests after which no more are sent; null: until the end. */
  most: number | null;
}

interface Answered {
  status: number;
  ms: number;
}

/** Younger than this, or than so many of the slowest answer, an open request only was not answered yet. */
const PATIENCE_MS = 500;
const PATIENCE = 2;

export function followConnections({ rate, most }: Pace) {
  const startedMs = performance.now();
  const answers: Answered[] = [];
  /** When each connection sent what it has no answer to yet. */
  const open = new Map<Connection, number>();
  let sent = 0;
  let lost = 0;
  let lastMs = 0;

  /** Calls when the next request is due. */
  let turns = 0;
  const inTurn = (send: () => void) => {
    const dueMs = rate === null ? 0 : startedMs + (turns++ * 1_000) / rate;
    const waitMs = dueMs - performance.now();
    if (waitMs <= 0) send();
    else setTimeout(send, waitMs);
  };

  function setup(client: Connection): void {
    const send = client._doRequest;
    let isWaiting = false;
    let isClosing = false;
    client.on("headers", (head: object) => {
      isClosing = "shouldKeepAlive" in head && head.shouldKeepAlive === false;
    });
    client.on("response", (status) => {
      const sentMs = open.get(client);
      if (sentMs === undefined) return;
      open.delete(client);
      lastMs = performance.now();
      answers.push({ status, ms: lastMs - sentMs });
    });
    // Called after each answer, and by each new connection.
    client._doRequest = () => {
      if (open.delete(client)) lost += 1;
      const mayEnd = isClosing;
      isClosing = false;
      // What the service has said that it closes takes no further request.
      if (mayEnd || isWaiting) return;
      isWaiting = true;
      inTurn(() => {
        isWaiting = false;
        if (client.destroyed) return;
        if (most !== null && sent >= most) return client.destroy();
        sent += 1;
        open.set(client, performance.now());
        send.call(client);
      });
    };
  }

  return {
    setup: (client: autocannon.Client) => setup(client as Connection),
    /** Returns what was seen, at the end. `unanswered`: requests that ended with their connection, or that nobody answers. */
    seen() {
      const nowMs = performance.now();
      const slowestMs = answers.reduce((most, { ms }) => Math.max(most, ms), 0);
      const patienceMs = Math.max(PATIENCE_MS, PATIENCE * slowestMs);
      const hung = [...open.values()].filter((sentMs) => nowMs - sentMs > patienceMs).length;
      return { answers, sent, unanswered: lost + hung, untilLastMs: lastMs - startedMs };
    },
  };
}
