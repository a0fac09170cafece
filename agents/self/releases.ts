/** Gives approved changes to the launcher, ends its trials when the switch is off, and puts right what a trial left. */
import type { AgentsRelease } from "@/core/shapes/improving/self";
import type { Store } from "@/db/store";
import type { TakenBack } from "@/lib/process/launch";
import type { LauncherChannel } from "@/lib/process/launcher-channel";
import { startChecks } from "@/lib/time/checks";
import type { Timers } from "@/lib/time/timers";
import type { SelfRepository } from "./repository";
import type { SelfSwitch } from "./switch";

/** The switch ends a trial within five of these. */
const LOOK_MS = 1_000;
export const SYSTEM = "Banyan";

interface Sources {
  store: Pick<Store, "proposals" | "selfReleases">;
  repository: Pick<SelfRepository, "exists" | "permanent">;
  power: Pick<SelfSwitch, "state">;
  channel: Pick<LauncherChannel, "ask" | "release">;
  /** A release on trial releases nothing. */
  isTrial(): boolean;
  timers: Timers;
  report(message: string, error?: unknown): void;
}

/** Returns its end. */
export function watchReleases(sources: Sources): () => void {
  const { stop } = startChecks({
    timers: sources.timers,
    everyMs: LOOK_MS,
    check: () => look(sources),
    failed: (error) => sources.report("Releases of agents could not be looked at.", error),
  });
  return () => void stop();
}

async function look({ store, repository, power, channel, isTrial }: Sources): Promise<void> {
  const { off } = power.state();
  const known = store.selfReleases.status()?.releases ?? [];
  if (off) {
    const isOpen = known.some(({ state }) => state === "approved" || state === "trial");
    if (isOpen) channel.ask("halt", off.by ?? "a file in the data folder");
    return;
  }
  if (isTrial() || !repository.exists()) return;
  const waiting = store.proposals
    .approvedCode()
    .filter(({ commit, review }) => !known.some((release) => isTaken(release, commit, review)));
  if (waiting.length === 0) return;
  const permanent = await repository.permanent();
  for (const { review, base, decidedBy, ...approved } of waiting) {
    // Another release runs by now: its task was told to propose it again, or a person has taken it.
    if (base === permanent) channel.release({ ...approved, item: review, by: decidedBy ?? SYSTEM });
  }
}

/** What was dropped is released only by another approval: whoever stopped it meant this one. */
function isTaken({ state, commit, item }: AgentsRelease, approved: string, review: string): boolean {
  return commit === approved && (state !== "dropped" || item === review);
}

/** Retries what a trial has ended by its own faults, and tells the reviewers. Resolves with one sentence for each part. */
export async function settleTrial(
  store: Pick<Store, "trees" | "comments" | "queries">,
  { n, item, why, startedMs, mended }: TakenBack,
): Promise<string> {
  const tasks = store.queries.failedTasks.inside(startedMs);
  const left: string[] = [];
  for (const uid of tasks) {
    const outcome = await store.trees.retry(store.queries.trees.findTask(uid), SYSTEM);
    if (typeof outcome !== "number") left.push(uid);
  }
  const retried = tasks.length - left.length;
  const text = [
    `Release ${n} was taken back. ${why}`,
    mended,
    retried > 0 && `${retried} of the tasks that it had failed ${retried === 1 ? "is" : "are"} tried again.`,
    left.length > 0 &&
      `Their parents have read the results of ${left.slice(0, 10).join(", ")}: fork those trees before these tasks.`,
  ]
    .filter(Boolean)
    .join(" ");
  // Its tree may be deleted by now.
  if (store.queries.reviews.get(item, startedMs)) await store.comments.add(item, "comment", text, SYSTEM);
  return text;
}
