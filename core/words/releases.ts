/** What became of a change that agents proposed and a person approved. */
import type { AgentsRelease } from "@/core/shapes/improving/self";

/** Returns a sentence. Points in time stay as ISO 8601, which pages show as local time. */
export function releaseWords(release: AgentsRelease): string {
  return [stateWords(release), numberWords(release)].filter(Boolean).join(" ");
}

/** A launcher of before tells no numbers. */
function numberWords({ numbers }: Partial<Pick<AgentsRelease, "numbers">>): string {
  if (!numbers || numbers.asked === 0) return "";
  const { asked, failed, slow_ms: slow, before_ms: before } = numbers;
  return `In its trial ${failed} of ${asked} requests for pages failed, and 95 % were answered within ${slow} ms (before: ${before} ms).`;
}

function stateWords({ n, state, why, waits, trial_since: since }: AgentsRelease): string {
  if (state === "approved")
    return waits === null ? `Release ${n} is being built and tried behind walls.` : `Release ${n} waits. ${waits}`;
  if (state === "trial")
    return `Release ${n} is on trial since ${since}: it becomes permanent when it has served well for half an hour.`;
  if (state === "permanent") return `Release ${n} is permanent.`;
  if (state === "retired") return `Release ${n} was permanent; another has replaced it.`;
  const became = isRefused({ state, trial_since: since }) ? "refused" : state === "bad" ? "taken back" : "dropped";
  const next =
    state === "dropped"
      ? "It is not tried again by itself; its task can propose the same change for another approval."
      : "";
  return `Release ${n} was ${became}. ${why ?? ""} ${next}`.trim().replace(/ {2}/, " ");
}

/** It never was on trial, so there is nothing to take back. */
function isRefused({ state, trial_since: since }: Pick<AgentsRelease, "state" | "trial_since">): boolean {
  return state === "bad" && since === null;
}

/** Returns one or two words. */
export function releaseState(release: AgentsRelease): string {
  return isRefused(release) ? "Refused" : STATES[release.state];
}

/** Which of the marks of a status a release gets. */
export function releaseStatus({ state, waits }: AgentsRelease) {
  if (state === "bad") return "failed" as const;
  if (state === "dropped") return "stopped" as const;
  if (state === "trial") return "running" as const;
  if (state === "approved") return waits === null ? ("running" as const) : ("waiting" as const);
  return "succeeded" as const;
}

const STATES: Record<AgentsRelease["state"], string> = {
  approved: "Approved",
  trial: "On trial",
  permanent: "Permanent",
  retired: "Replaced",
  bad: "Taken back",
  dropped: "Dropped",
};
