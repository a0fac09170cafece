/** Waits for trees within the time that clients allow for a call. The trees continue whatever happens to the call. */
import { progressLine, type Report, reportOf } from "./report";
import type { McpCall } from "./tool";

/** Least time between two looks, because a busy tree commits many times per second. */
const POLL_MS = 200;

/** Waits until each of the trees has ended or waits for a person, the time is over, or the caller has gone. */
export async function waitFor(call: McpCall, ids: readonly string[], ms: number): Promise<void> {
  const { app, signal } = call;
  const isOver = { now: ms <= 0 || signal.aborted };
  let wake = () => {};
  const end = () => {
    isOver.now = true;
    wake();
  };
  const timer = setTimeout(end, ms);
  signal.addEventListener("abort", end);
  const stops = ids.map((id) => app.live.onTree(id, () => wake()));
  try {
    while (!isOver.now) {
      // Before the check, so that no change between the check and the wait is missed.
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const reports = await Promise.all(ids.map((id) => reportOf(app, id)));
      await tellOf(call, reports);
      if (reports.every(isSettled)) return;
      if (!isOver.now) await changed;
      if (!isOver.now) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
    for (const stop of stops) stop();
  }
}

function isSettled({ ended_at, needs_person }: Report): boolean {
  return ended_at !== null || needs_person;
}

async function tellOf({ tell }: McpCall, reports: readonly Report[]): Promise<void> {
  const [only] = reports;
  if (reports.length === 1 && only) return tell(`${only.id}: ${progressLine(only)}`);
  const ended = reports.filter(({ ended_at }) => ended_at !== null).length;
  await tell(`${ended} of ${reports.length} trees ended.`);
}
