/** Serves nothing for a while, because a person wants to see that nothing is lost. */
import { apologize } from "./port.mjs";
import { say } from "./say.mjs";

/** Ends earlier when something comes. @param {Pick<import("./main.mjs").Launcher, "held" | "events">} launcher @param {number} ms */
export async function rest({ held, events }, ms) {
  const seconds = Math.ceil(ms / 1_000);
  say(`Stopped for ${seconds} seconds.`);
  const end = held && apologize(held, `Banyan is stopped for ${seconds} seconds. Nothing is lost.`);
  await events.pause(ms);
  end?.();
}
