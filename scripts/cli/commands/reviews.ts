/** `reviews` lists open and decided review items; with an item it shows that item's details. */
import type { ReadRuntime } from "@/agents/boot/read-runtime";
import type { ReviewedProposal, ReviewItem } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import { besidesAct } from "@/core/words/acts/besides-act";
import { withoutDisguise } from "@/core/words/visible";
import { actor, type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { changeLines, configurationLines, type DiffOptions, followLines } from "@/scripts/cli/print/change";
import { faultLines } from "@/scripts/cli/print/faults";
import { paint, print, printJson, UsageError, warn } from "@/scripts/cli/print/output";
import { answerHint } from "@/scripts/cli/print/review-hint";
import { oneLine, padTo } from "@/scripts/cli/print/text";
import { trialLines } from "@/scripts/cli/print/trial";
import { short } from "@/scripts/cli/print/words";
import type { Arguments } from "./act";
import { limitOf } from "./show";
import { pausedLine } from "./status";

export async function reviews(context: Context, [id]: Arguments, flags: Flags): Promise<number> {
  if (id !== undefined) {
    const stray = Object.entries({ open: "--open", limit: "--limit", after: "--after" }).find(
      ([name]) => flags[name] !== undefined,
    );
    if (stray) throw new UsageError(`${stray[1]} is for the list: leave out the flag or the item.`);
    return review(context, [id], flags);
  }
  const limit = limitOf(flags);
  const after = typeof flags.after === "string" ? flags.after : undefined;
  return withReadRuntime(context, async (readRuntime) => {
    const page = await readRuntime.queries.listReviews({ limit, after, ...(flags.open === true && { open: true }) });
    if (context.json) {
      printJson(page);
      return 0;
    }
    if (flags.open === true) for (const line of await pausedLines(readRuntime)) print(line);
    if (page.items.length === 0) print(flags.open ? "Nothing to review." : "There are no review items yet.");
    for (const item of page.items) for (const line of rowLines(item, readRuntime)) print(line);
    if (page.next) warn(`More items: add --after ${page.next}`);
    return 0;
  });
}

/** A paused schedule is not an item of the queue, but it needs a person too. */
async function pausedLines({ queries }: ReadRuntime): Promise<string[]> {
  const schedules = await queries.listSchedules();
  return schedules.flatMap(({ id, name, paused }) =>
    paused && paused.by === null ? [pausedLine({ id, name, at: paused.at, sentence: paused.sentence ?? "" })] : [],
  );
}

/** Returns two lines for an open item, one for a decided item. */
function rowLines(review: Review, readRuntime: ReadRuntime): string[] {
  const isOpen = review.status === "open";
  const mark = paint(isOpen ? "yellow" : "dim", `${isOpen ? "◆" : "✓"} ${padTo(review.status, 9)}`);
  const answer = review.answer ? ` → ${oneLine(review.answer)}` : "";
  const by = isOpen || !review.decided_by ? "" : paint("dim", ` (${oneLine(review.decided_by)})`);
  const attention = isOpen ? padTo(String(review.attention), 3, "right") : "   ";
  const first = `${short(review.id)}  ${mark} ${attention} ${padTo(review.kind, 8)} tree ${short(review.tree_id)}  ${oneLine(review.act)}${answer}${by}`;
  if (!isOpen) return [first];
  const facts = [
    blockedBy(review, readRuntime),
    review.if_ignored && `If ignored: ${oneLine(review.if_ignored)}`,
    review.alike > 1 && `${review.alike} alike`,
  ].filter(Boolean);
  return [first, paint("dim", `          ${facts.join(" · ")}`)];
}

function blockedBy({ waiting_tasks, task_id }: Review, { store }: ReadRuntime): string {
  const { title, parentId } = store.queries.trees.findTask(task_id);
  const task = `task ${short(task_id)} “${oneLine(title)}”`;
  if (waiting_tasks === 0) return `Blocks nothing; raised by ${task}.`;
  return `Blocks ${task}${parentId === null ? "" : " and the tasks above it"}.`;
}

export async function review(context: Context, [id = ""]: Arguments, flags: Flags): Promise<number> {
  return withReadRuntime(context, async (readRuntime) => {
    const found = await readRuntime.queries.getReview(id);
    const item = found.kind === "proposal" ? await readRuntime.queries.getReviewItem(found.id, actor()) : null;
    const proposal = item?.proposal ?? null;
    const change = proposal?.change ?? null;
    const trial = proposal?.trial ?? null;
    const faults = proposal?.faults.length ? { faults: proposal.faults, tainted: proposal.tainted } : {};
    const told = item && { proposal, follows: item.follows, may_not: item.may_not };
    if (context.json) printJson({ ...found, ...told, ...(change && { change }), ...(trial && { trial }), ...faults });
    else for (const line of wholeLines(found, item, readRuntime, flags.whole === true)) print(line);
    return 0;
  });
}

/** Shows invisible characters as their code points, so that nothing is hidden from the person who decides. */
const seen = withoutDisguise;

function wholeLines(review: Review, item: ReviewItem | null, readRuntime: ReadRuntime, isWhole: boolean): string[] {
  const proposal = item?.proposal ?? null;
  const isOpen = review.status === "open";
  const weight = `attention ${review.attention} of 100 (blast radius ${review.blast_radius} of 5, uncertainty ${review.uncertainty} of 5)`;
  const decided = isOpen ? [] : [`Decided by ${oneLine(review.decided_by ?? "nobody")}, ${review.decided_at ?? ""}.`];
  return [
    paint("bold", oneLine(review.act)),
    `${review.kind} ${review.id} · ${review.status} · ${weight} · since ${review.created_at} · tree ${short(review.tree_id)}`,
    ...(isOpen ? [blockedBy(review, readRuntime)] : decided),
    `${review.risk.level} risk: ${review.risk.says}.`,
    ...(review.if_ignored ? [`If ignored: ${oneLine(review.if_ignored)}`] : []),
    ...(review.alike > 1 ? [`${review.alike} identical items are open, this one included.`] : []),
    ...(proposal
      ? proposalLines(proposal, { isWhole, wholeCommand: `npx banyan review ${short(review.id)} --whole` })
      : givenLines(review)),
    ...(isOpen && item ? followLines(item.follows) : []),
    ...(proposal?.trial ? ["", ...trialLines(proposal.trial)] : []),
    ...faultText(proposal),
    ...(review.answer ? ["", `Answer: ${seen(review.answer).trim()}`] : []),
    ...(isOpen ? ["", answerHint(review)] : []),
  ];
}

function proposalLines(proposal: ReviewedProposal, options: DiffOptions): string[] {
  return proposal.change ? changeLines(proposal, proposal.change, options) : configurationLines(proposal, options);
}

/** The faults that a proposal of the review agent would prevent. */
function faultText(proposal: ReviewedProposal | null): string[] {
  if (!proposal || proposal.faults.length === 0) return [];
  return ["", "Faults that it would prevent, quoted by the host:", ...faultLines(proposal.faults, 3)];
}

/** Returns what the agent gave with the item. */
function givenLines(review: Review): string[] {
  const detail = seen(besidesAct(review)).trim();
  return [
    ...(detail ? ["", detail] : []),
    ...(review.evidence ? ["", "Evidence:", seen(review.evidence).trimEnd().replace(/^/gm, "  ")] : []),
  ];
}
