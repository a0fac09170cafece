/**
 * The facts for an owner who leaves changes by agents on: what serves, what is on trial, the limits, and the ways back.
 */
import type { NamedRelease, ReleaseLimits, ReleaseNews, ReleasesNow, TrialFigures } from "@/core/shapes/improving/self";
import { bytes, plural, shortDuration } from "./figures";

export interface Fact {
  name: string;
  /** Sentences. Points in time stay as ISO 8601, which pages show as local time. */
  text: string;
  command?: string;
}

/** Returns the facts in the order in which they are read. */
export function releaseFacts(now: ReleasesNow): Fact[] {
  const { serving, permanent, before, trial, limits } = now;
  const isTrial = trial !== null && serving?.n === trial.n;
  return [
    { name: "Serving", text: servingText(serving, isTrial) },
    ...(isTrial && permanent
      ? [{ name: "If it does worse", text: `${namedText(permanent)} serves again, by itself.` }]
      : []),
    ...(trial ? [{ name: "On trial", text: trialText(trial) }] : []),
    { name: "Limits", text: limitsText(limits) },
    before
      ? { name: "Go back", text: `${namedText(before)} serves again:`, command: `npx banyan releases back ${before.n}` }
      : { name: "Go back", text: "There is no earlier release to go back to yet." },
    {
      name: "Switch off",
      text: "Ends checks and trials within 5 seconds, until an admin switches it on. From the machine:",
      command: "npx banyan self off",
    },
    { name: "Not protected", text: unprotectedText(now) },
  ];
}

function servingText(serving: ReleasesNow["serving"], isTrial: boolean): string {
  if (serving === null) return "No release serves at this moment.";
  const since = serving.since === null ? "" : `, since ${serving.since}`;
  return `${namedText(serving)}${since}${isTrial ? ", on trial" : ""}.`;
}

function namedText({ n, title, by_agents: byAgents }: NamedRelease): string {
  return `Release ${n} by ${byAgents ? "agents" : "a person"}${title === null ? "" : ` (${title})`}`;
}

function trialText({ n, bad_looks: bad, ...figures }: TrialFigures): string {
  const { answer_ms: answer, answer_ms_before: answerBefore } = figures;
  const { memory_bytes: memory, memory_bytes_before: memoryBefore } = figures;
  const parts = [
    answer !== null && `slow answers take ${shortDuration(answer)} (before: ${shortDuration(answerBefore)})`,
    memory > 0 && memoryBefore > 0 && `it uses ${bytes(memory)} (before: ${bytes(memoryBefore)})`,
    bad > 0 && `${plural(bad, "bad look")} in a row`,
  ].filter(Boolean);
  return `Release ${n}: ${parts.length > 0 ? parts.join("; ") : "not looked at yet"}.`;
}

function limitsText({
  used,
  most,
  next_at: next,
  taken_back: back,
  most_taken_back: mostBack,
  minutes,
}: ReleaseLimits) {
  return [
    `${used} of ${most} releases by agents within a day${next === null ? "" : `; the next is possible from ${next}`}.`,
    `They begin ${minutes.apart} minutes apart, after ${minutes.healthy} minutes without a crash, and are watched for ${minutes.watch} minutes.`,
    `${back} of ${mostBack} taken back within a day; at ${mostBack} nothing is released until a person allows it.`,
  ].join(" ");
}

function unprotectedText({ without_wall: without }: ReleasesNow): string {
  const wall =
    without === null
      ? "A release runs behind a wall, but has this account's other rights, and may wait until its watch is over."
      : `Releases run with all rights of this account, because ${without}. A person confirms each release by agents on this machine.`;
  return `${wall} What a trial sends to the outside is not taken back.`;
}

/** Returns one sentence about what the launcher did. */
export function newsText({ what, n, title, why, by }: ReleaseNews): string {
  const release = n === null ? "A release" : `Release ${n}${title === null ? "" : ` (${title})`}`;
  const because = why === null ? "" : ` ${why}`;
  const who = by === null ? "" : ` by ${by}`;
  switch (what) {
    case "approved":
      return `${release} was approved${who}.${because}`;
    case "confirm":
      return `${release} was confirmed on this machine${who}.`;
    case "trial":
      return `${release} went on trial.`;
    case "judged":
      return `${release}: ${why}`;
    case "permanent":
      return `${release} became permanent.`;
    case "bad":
      return `${release} was taken back or refused.${because}`;
    case "dropped":
      return `${release} was dropped.${because}`;
    case "back":
      return `A person went back to ${release.charAt(0).toLowerCase()}${release.slice(1)}${who && `,${who}`}.`;
    case "resume":
      return `Releases by agents were allowed again${who}.`;
    default:
      return why ?? `${release}: ${what}.`;
  }
}
