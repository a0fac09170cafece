/** A launcher that serves a tiny checkout, with trials of seconds. */
import { expect } from "vitest";
import { type Checkout, type CheckoutOptions, makeCheckout, type Running, releaseIn, say } from "./checkout";

/** As a person's, but in seconds. */
export const QUICK = {
  healthyMs: 0,
  apartMs: 0,
  mostADay: 100,
  lookMs: 50,
  haltLookMs: 50,
  startMs: 5_000,
  bootRoundMs: 20,
  bootMs: 3_000,
  watchMs: 600,
  watchRoundMs: 50,
  canaryMs: 2_000,
  unclaimedMs: 300,
  spareBytes: 0,
  rollbacksAnHour: 100,
  rollbacksADay: 100,
};

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
