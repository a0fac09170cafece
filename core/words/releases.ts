/** Says what happened to a change that agents proposed and a person approved. */
import type { AgentsRelease } from "@/core/shapes/improving/self";
import type { ChangeStage } from "@/core/shapes/review";

/** Returns a sentence. Points in time stay as ISO 8601, which pages show as local time. */
export function releaseWords(release: AgentsRelease): string {
  return [stateWords(release), carriedWords(release), release.whole_gates?.said, numberWords(release)]
    .filter(Boolean)
    .join(" ");
}

function carriedWords({ carried_from: from, approved_by: by, needs_approval: isOther }: AgentsRelease): string {
  if (!from) return "";
  const origin = `It was carried over from ${from.slice(0, 12)}`;
  return isOther || !by ? `${origin}.` : `${origin}, approved by ${by}.`;
}

/** An older launcher reports no numbers. */
function numberWords({ numbers }: Partial<Pick<AgentsRelease, "numbers">>): string {
  if (!numbers || numbers.asked === 0) return "";
  const { asked, failed, slow_ms: slow, before_ms: before, not_measured: unmeasured = [] } = numbers;
  const pages = `In its trial ${failed} of ${asked} requests for pages failed, and 95 % were answered within ${slow} ms (before: ${before} ms).`;
  if (unmeasured.length === 0) return pages;
  const what = unmeasured.map((step) => (step === "command" ? "a command" : "an approval")).join(" and ");
  return `${pages} Not measured: ${what} in a small task, which the release before it could not do then.`;
}

function stateWords(release: AgentsRelease): string {
  const { n, state, why, waits, trial_since: since, trial_until: until, whole_gates: whole } = release;
  if (state === "approved")
    return waits === null ? `Release ${n} is being built and tried behind walls.` : `Release ${n} waits. ${waits}`;
  if (state === "trial") {
    const also = whole?.state === "left" ? " and the whole gates, which run meanwhile, have passed it" : "";
    return until
      ? `Release ${n} is on trial since ${since}: it becomes permanent at ${until} if it serves well until then${also}.`
      : `Release ${n} is on trial since ${since}: it becomes permanent when it has served well for half an hour${also}.`;
  }
  if (state === "permanent") return `Release ${n} is permanent.`;
  if (state === "retired") return `Release ${n} was permanent; another has replaced it.`;
  const became = isRefused({ state, trial_since: since }) ? "refused" : state === "bad" ? "taken back" : "dropped";
  const next = state === "dropped" ? afterDropped(release) : "";
  return `Release ${n} was ${became}. ${why ?? ""} ${next}`.trim().replace(/ {2}/, " ");
}

function afterDropped({ stale, needs_approval: isOther, not_carried: notCarried }: AgentsRelease): string {
  if (isOther) return "Its review item asks for another approval.";
  if (notCarried !== undefined)
    return `It could not be carried over to the release that runs. ${notCarried} Its task can propose it again.`;
  if (stale) return "If it still fits, it is carried over to the new release: the gates judge it again.";
  return "It is not tried again by itself; its task can propose the same change for another approval.";
}

interface StageFacts {
  /** The review item. */
  item: string;
  status: "open" | "approved" | "rejected" | "withdrawn";
  /** Whether only an admin may decide. */
  flags: number;
  /** Why nothing can be approved at present, as a sentence; null when it can. */
  off: string | null;
  hasLauncher: boolean;
  release: AgentsRelease | null;
  /** The command that takes the approved branch into a checkout. */
  pull: string | null;
}

/** Returns what happens now with a proposed change of Banyan, and what a person can do. Pages, commands and API say this. */
export function changeStage({ item, status, flags, off, hasLauncher, release, pull }: StageFacts): ChangeStage {
  if (status === "open") {
    const who = flags > 0 ? "an admin" : "a reviewer";
    if (off !== null) return { word: "Switched off", sentence: `Nobody can approve it now. ${off}`, commands: [] };
    return {
      word: "To decide",
      sentence: `The gates have passed it, and it waits for ${who}. Nothing of it runs before an approval.`,
      commands: [`npx banyan approve ${item}`, `npx banyan reject ${item} --reason "…"`],
    };
  }
  if (status === "rejected")
    return { word: "Rejected", sentence: "Rejected: nothing of it was released.", commands: [] };
  if (status === "withdrawn")
    return {
      word: "Withdrawn",
      sentence: "Withdrawn: another release runs, or its task no longer needs it. Its task can propose it again.",
      commands: [],
    };
  const optional = pull === null ? [] : [pull];
  if (!hasLauncher)
    return {
      word: "Approved",
      sentence: "Approved. No launcher runs the server: take it into your checkout, then restart Banyan.",
      commands: optional,
    };
  if (release === null)
    return {
      word: "Approved",
      sentence: "Approved. The launcher has not taken it yet, which needs seconds unless another release runs by now.",
      commands: [],
    };
  const commands = releaseCommands(release);
  return { word: releaseState(release), sentence: releaseWords(release), commands: [...commands, ...optional] };
}

function releaseCommands({ n, state, needs_confirmation: needs }: AgentsRelease): string[] {
  if (state === "approved" && needs) return [`npx banyan releases confirm ${n}`];
  return state === "permanent" ? ["npx banyan releases"] : [];
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
