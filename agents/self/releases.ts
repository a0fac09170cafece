/**
 * Gives approved changes to the launcher, carries them over to a release that came first, ends its trials when the
 * switch is off, and repairs what a trial left behind.
 */
import type { AgentsRelease } from "@/core/shapes/improving/self";
import type { ApprovedCode, ReplacedCode } from "@/db/configuration/code-proposals";
import type { Proposal } from "@/db/configuration/proposal";
import { hashOfBody } from "@/db/configuration/proposals";
import type { Store } from "@/db/store";
import type { TakenBack } from "@/lib/process/launch";
import type { LauncherChannel } from "@/lib/process/launcher-channel";
import { startChecks } from "@/lib/time/checks";
import type { Timers } from "@/lib/time/timers";
import type { Approved } from "./carry";
import type { ProposedCode } from "./changes";
import { noteApproval } from "./messages";
import { overtakenProposal } from "./overtaken";
import type { SelfRepository } from "./repository";
import type { SelfSwitch } from "./switch";

/** The switch ends a trial within five of these. */
const POLL_MS = 1_000;
const SYSTEM = "Banyan";

interface Sources {
  store: Pick<Store, "proposals" | "selfReleases">;
  repository: Pick<SelfRepository, "exists" | "permanent" | "gitDir">;
  /** As `carryOver`, for this process. */
  carryOver(approved: Approved, signal: AbortSignal): Promise<ProposedCode | string | null>;
  power: Pick<SelfSwitch, "state">;
  channel: Pick<LauncherChannel, "ask" | "release">;
  /** A release on trial releases nothing. */
  isTrial(): boolean;
  timers: Timers;
  report(message: string, error?: unknown): void;
}

/** Returns its end. */
export function watchReleases(sources: Sources): () => void {
  const ending = new AbortController();
  const carrying: Carrying = { isBusy: false, lost: new Map(), signal: ending.signal };
  const { stop } = startChecks({
    timers: sources.timers,
    everyMs: POLL_MS,
    check: () => check(sources, carrying),
    failed: (error) => sources.report("Releases of agents could not be looked at.", error),
  });
  return () => {
    void stop();
    ending.abort();
  };
}

async function check(sources: Sources, carrying: Carrying): Promise<void> {
  const { store, repository, power, channel, isTrial } = sources;
  const { off } = power.state();
  const known = store.selfReleases.status()?.releases ?? [];
  if (off) {
    const isOpen = known.some(({ state, stale }) => state === "approved" || state === "trial" || stale);
    if (isOpen) channel.ask("halt", off.by ?? "a file in the data folder");
    return;
  }
  if (isTrial() || !repository.exists()) return;
  const approved = store.proposals.approvedCode();
  const waiting = approved.filter((code) => !known.some((release) => isTaken(release, code)));
  const stale = known.filter((release) => release.stale);
  if (waiting.length === 0 && stale.length === 0 && !known.some((release) => release.needs_approval)) return;
  const permanent = await repository.permanent();
  for (const { review, commit, base, gates, evidence, decidedBy, carriedFrom } of waiting) {
    // Another release runs by now: it is carried over, its task was told to propose it again, or a person has taken it.
    if (base !== permanent) continue;
    const release = { item: review, commit, gates, evidence, by: decidedBy ?? SYSTEM };
    channel.release(carriedFrom === null ? release : { ...release, carried: carriedFrom });
  }
  await askAgain(sources, known, approved);
  // One after the other: what is released next would overtake the others again. A change that a person has to confirm
  // first may wait for days.
  const isNext = ({ state, needs_confirmation: waits }: AgentsRelease) =>
    state === "trial" || (state === "approved" && !waits);
  if (known.some(isNext)) return;
  carryNext(sources, carrying, { stale, approved: approved.filter((code) => code.base !== permanent) });
}

/** A dropped change is released only by another approval, because the person who stopped it meant this approval. */
function isTaken(
  { state, commit, item, needs_approval: isRefused }: AgentsRelease,
  { commit: approved, review, carriedFrom }: Pick<ApprovedCode, "commit" | "review" | "carriedFrom">,
): boolean {
  if (commit !== approved) return false;
  if (state !== "dropped") return true;
  // The carried change was not what a person had approved, and then a person approved it as it is.
  return item === review && !(isRefused && carriedFrom === null);
}

/** Asks for another approval of a change that, for the launcher, is not what a person had approved. */
async function askAgain(
  { store }: Pick<Sources, "store">,
  known: readonly AgentsRelease[],
  approved: readonly ApprovedCode[],
): Promise<void> {
  for (const { review, commit, carriedFrom } of approved) {
    if (carriedFrom === null) continue;
    const refused = known.find(
      (release) => release.needs_approval && release.commit === commit && release.item === review,
    );
    const proposal = refused && store.proposals.of(review);
    if (!proposal) continue;
    const { carried: _, ...body } = proposal.body as ProposedCode;
    const comment = `Another approval is needed. ${refused.why ?? ""} The diff and what the gates said are those for the release that runs now.`;
    await store.proposals.replaceCode(replaced(proposal, body, { comment, isOpen: true }));
  }
}

function replaced(
  { review, hash: before }: Proposal,
  body: ProposedCode,
  { comment, isOpen = false }: { comment: string; isOpen?: boolean },
): ReplacedCode {
  return { review, before, body, hash: hashOfBody(body), isOpen, comment, by: SYSTEM };
}

/** What is carried over at present. */
interface Carrying {
  isBusy: boolean;
  /** How often the gates could not be run, by the commit that is carried over. */
  lost: Map<string, number>;
  signal: AbortSignal;
}

const MOST_LOST = 3;

/**
 * Begins to carry over the change that has waited longest, without holding up the checks: the gates may run for hours.
 */
function carryNext(
  sources: Sources,
  carrying: Carrying,
  { stale, approved }: { stale: readonly AgentsRelease[]; approved: readonly ApprovedCode[] },
): void {
  if (carrying.isBusy) return;
  const found = stale.flatMap((release) => {
    const code = overtakenProposal(release, approved);
    return code?.notCarried === null && release.commit !== null ? [{ from: release.commit, code }] : [];
  });
  const next = found[0];
  if (!next) return;
  carrying.isBusy = true;
  carry(sources, carrying, next)
    .catch((error: unknown) => {
      // Ended with this process, or switched off.
      if (carrying.signal.aborted || sources.power.state().off) return;
      sources.report("An approved change could not be carried over to the release that runs.", error);
    })
    .finally(() => {
      carrying.isBusy = false;
    });
}

async function carry(
  { store, repository, carryOver, power }: Sources,
  { lost, signal }: Carrying,
  { from, code }: { from: string; code: ApprovedCode },
): Promise<void> {
  const proposal = store.proposals.of(code.review);
  if (!proposal) return;
  const body = proposal.body as ProposedCode;
  const approvedBy = code.decidedBy ?? SYSTEM;
  const origin = `from ${from.slice(0, 12)}, approved by ${approvedBy}`;
  const carried = await carryOver({ body, from, approvedBy }, signal).catch((error: unknown) => {
    const times = (lost.get(from) ?? 0) + 1;
    if (signal.aborted || power.state().off) throw error;
    lost.set(from, times);
    if (times < MOST_LOST) throw error;
    return `It was tried ${MOST_LOST} times: ${error instanceof Error ? error.message : String(error)}`;
  });
  if (carried === null) return;
  if (typeof carried === "string") {
    const comment = `It could not be carried over to the release that runs (${origin}). ${carried} Its task can propose it again.`;
    await store.proposals.replaceCode(replaced(proposal, { ...body, not_carried: carried }, { comment }));
    return;
  }
  const to = `${carried.commit.slice(0, 12)} on the release ${carried.base.slice(0, 12)}`;
  const comment = `Carried over ${origin}, to ${to}: the gates passed it again.`;
  const isDone = await store.proposals.replaceCode(replaced(proposal, carried, { comment }));
  const reason = `Carried over from ${from}`;
  if (isDone)
    await noteApproval(repository.gitDir, carried.commit, { item: code.review, by: approvedBy, reason }).catch(
      // The approval stands also where the note cannot be written: the database has it.
      () => undefined,
    );
}

/**
 * Retries tasks that failed by faults of the release on trial, and tells the reviewers. Resolves with one sentence for
 * each part.
 */
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
