/** A launcher that serves a tiny checkout, with trials of seconds. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { tellLauncher } from "../home.mjs";
import type { Limits } from "../limits.mjs";
import {
  type Checkout,
  type CheckoutOptions,
  makeCheckout,
  type Running,
  read,
  releaseIn,
  say,
  stateIn,
} from "./checkout";

/** As a person's, but in seconds. */
export const QUICK = {
  healthyMs: 0,
  apartMs: 0,
  mostADay: 100,
  pollMs: 50,
  haltPollMs: 50,
  startMs: 5_000,
  bootPollMs: 20,
  bootMs: 3_000,
  watchMs: 600,
  watchPollMs: 50,
  canaryMs: 2_000,
  fullCanaryMs: 0,
  unclaimedMs: 300,
  spareBytes: 0,
  rollbacksAnHour: 100,
  rollbacksADay: 100,
};

/** For a release that is good: a busy machine must not make it look bad. */
export const UNHURRIED = { startMs: 30_000, bootMs: 30_000, canaryMs: 20_000 };

export async function serving(limits = {}, options: CheckoutOptions = {}) {
  const checkout = makeCheckout({ ...options, limits: { ...QUICK, ...limits } });
  const running = await checkout.start();
  await expect.poll(() => releaseIn(running.home, 1)?.state).toBe("permanent");
  return { checkout, running };
}

/** What a release does outside of its rehearsal, where it would be found out. */
export const outside = (behaviour: string) => `if (told.number > 0) { ${behaviour} }`;

export async function released(
  checkout: Checkout,
  { port }: Running,
  behaviour: string,
  files?: Record<string, string>,
): Promise<void> {
  await say(port, checkout.propose(outside(behaviour), files));
}

export const stateOf = ({ home }: Pick<Checkout, "home">, n: number) => releaseIn(home, n)?.state;

/** Releases a change with a fault, waits until it is taken back for `why`, and expects that all is as before. */
export async function expectTakenBack(behaviour: string, why: RegExp, limits: Partial<Limits>): Promise<void> {
  const { checkout, running } = await serving(limits);
  await released(checkout, running, behaviour);
  await expect.poll(() => stateOf(checkout, 2)).toBe("bad");
  expect(releaseIn(checkout.home, 2)?.why).toMatch(why);
  await expect.poll(() => read(running.port).catch(() => null)).toMatchObject({ release: 1, isTrial: false });
  expect(JSON.parse(readFileSync(path.join(checkout.data, "rows.json"), "utf8")).schema).toBe("s1");
  // The server hears what it has to put right, until it has.
  const { takenBack } = stateIn(checkout.home);
  expect(takenBack).toMatchObject({ n: 2, item: "item" });
  await say(running.port, { type: "settled", n: 2 });
  await expect.poll(() => stateIn(checkout.home).takenBack).toBeNull();
}

/** Whether nothing runs any more, such a server says only once the file `idle` is in the data folder. */
const DRAINS_LATE = `works.drain = () => {
  const timer = setInterval(() => {
    if (!fs.existsSync(process.env.BANYAN_CHECKOUT + "/data/idle")) return;
    clearInterval(timer);
    say({ type: "drained", busy: null });
  }, 10);
};`;

/** Resolves while the server, which is release 2 then, lets its turns end for release 3. */
export async function draining(checkout: Checkout, { home, port }: Running): Promise<void> {
  checkout.build(DRAINS_LATE);
  expect(await tellLauncher(home, { command: "restart", by: "Ann", contents: "drains late" })).toEqual({ release: 2 });
  await expect.poll(() => releaseIn(home, 2)?.state).toBe("permanent");
  await say(port, checkout.propose("own.mark = 1;"));
  await expect.poll(async () => (await read(port)).heard).toContain("drain");
}
