/** Service level objectives in words. */
import { type ObjectiveName, type ObjectiveState, type Objectives, QUEUE_SECONDS } from "@/core/metrics/objectives";
import { percent } from "../figures";

export const OBJECTIVE_WORDS: Readonly<
  Record<ObjectiveName, { name: string; about: string; bad: [one: string, many: string] }>
> = {
  requests: { name: "Requests", about: "answered without a server error", bad: ["server error", "server errors"] },
  queue: {
    name: "Queue",
    about: `tasks that got a slot within ${QUEUE_SECONDS} seconds`,
    bad: ["longer wait", "longer waits"],
  },
  models: { name: "Models", about: "calls that the provider answered", bad: ["failed call", "failed calls"] },
};

/** "99.93 %". Never rounds up to 100 %, because that would hide a failure. */
export function sharePercent(share: number): string {
  return percent(share, 2);
}

/** "99.93 % of 12,345 requests"; "Nothing measured yet" without an event. */
export function measuredText({ share, events }: ObjectiveState): string {
  return share === null ? "Nothing measured yet" : `${sharePercent(share)} of ${events.toLocaleString("en-US")}`;
}

/** "86 % left", "Used up", "Overspent: 2.3 times the budget". */
export function budgetText({ budget_left: left }: ObjectiveState): string {
  if (left === null) return "Unknown";
  if (left > 0) return `${Math.max(1, Math.floor(left * 100))} % left`;
  return left > -0.05 ? "Used up" : `Overspent: ${(1 - left).toFixed(1)} times the budget`;
}

/** What the budget means in events: "3 server errors, 61 allowed". */
export function spentText({ name, events, good, objective, share }: ObjectiveState): string | null {
  if (share === null) return null;
  const allowed = Math.floor(events * (1 - objective) + 1e-6);
  const spent = events - good;
  const [one, many] = OBJECTIVE_WORDS[name].bad;
  return `${spent.toLocaleString("en-US")} ${spent === 1 ? one : many}, ${allowed.toLocaleString("en-US")} allowed`;
}

/** "Over the last 28 days", or since the server began to count. */
export function objectivesPeriod({ days, since }: Objectives, today: string): string {
  if (since === null) return "Nothing counted yet";
  const age = Math.round((Date.parse(today) - Date.parse(since)) / 86_400_000) + 1;
  return age >= days ? `Last ${days} days` : `Since ${since}, when Banyan began to count`;
}
