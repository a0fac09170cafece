/** The queries of the review page: an item with all its details, and decided items. */
import { type Actor, type Queries, UserError } from "@/agents/application";
import type { Configuration } from "@/agents/configuration/configuration";
import { type EntryChange, guardedRefusal } from "@/agents/configuration/guarded-entries";
import { goesOnTrial } from "@/agents/configuration/trial-subjects";
import type { Providers } from "@/agents/providers/providers";
import { shownServer } from "@/agents/queries/tools";
import { shownTrial } from "@/agents/queries/trials";
import type { ProposedCode } from "@/agents/self/changes";
import { toldReleases } from "@/agents/self/overtaken";
import { flagsRefusal, reviewedChange } from "@/agents/self/reviewed-change";
import { type SelfSwitch, refusalOf as switchRefusal } from "@/agents/self/switch";
import type { Catalogue } from "@/agents/tools/catalogue";
import type { Caller, WorldTool } from "@/agents/tools/contract/tool";
import { changeOf, planOf } from "@/agents/tools/files/call-change";
import { hazardsOfAdded } from "@/agents/tools/outside/hazards";
import { isServer, serverToolNamed } from "@/agents/tools/outside/server-tools";
import { isEnded } from "@/core/log/terms";
import { offeredAnswers } from "@/core/offered-answers";
import { dangersInCall } from "@/core/rules/command-dangers";
import type { ToolBody } from "@/core/rules/configuration";
import { packagesInCall } from "@/core/rules/installs";
import { may, refusalOf, rightsBeyond } from "@/core/rules/roles";
import type { DecidedReview, ReviewedCall, ReviewedFlag, ReviewedProposal, ReviewItem } from "@/core/shapes/review";
import type { Review, Task, Tree } from "@/core/shapes/shapes";
import { buttonOf } from "@/core/words/acts/acts";
import { flagText } from "@/core/words/gates";
import type { ConfigKind } from "@/db/configuration/configuration";
import type { Proposal } from "@/db/configuration/proposal";
import type { Store } from "@/db/store";
import type { Workplace } from "@/lib/workplace/port";
import type { Ids } from "./ids";
import { ownReview } from "./own-reviews";
import { partsOf } from "./proposal-parts";
import { followsOf } from "./review-follows";

export interface ReviewItemSources {
  store: Store;
  /** Absolute. */
  dataDir: string;
  configuration: Configuration;
  catalogue(): Promise<Catalogue>;
  now(): number;
  providers: Pick<Providers, "defaultModel">;
  selfPower: Pick<SelfSwitch, "state">;
  /** Returns the workplace as tools of this tree see it. `owner`: the task whose own folder it is; null: the tree's. */
  workplaceOf(tree: Pick<Tree, "id" | "workspace">, owner: string | null): Workplace;
}

const DECIDED_PAGE = 50;
const MOST_DECIDED = 200;

export function createReviewItemQueries(
  sources: ReviewItemSources,
  ids: Ids,
): Pick<Queries, "getReviewItem" | "listDecided"> {
  const { store, now } = sources;
  return {
    async getReviewItem(id, actor) {
      const uid = ids.review(id);
      const review = store.queries.reviews.get(uid, now());
      if (!review) throw new UserError("not_found", `There is no review item ${id}.`);
      const path = pathOf(sources, review.task_id);
      const task = store.queries.trees.getTask(review.task_id, now());
      const proposal = review.kind === "proposal" ? proposalOf(sources, uid) : null;
      const hasEnded = isEnded(task.status);
      return {
        review,
        path: path.map((task) => ({ id: task.id, title: task.title })),
        agent: task.agent,
        task_status: task.status,
        seq: store.queries.decided.seqOf(uid),
        call: review.kind === "approval" ? await callOf(sources, review) : null,
        proposal: proposal?.shown ?? null,
        answers: review.kind === "question" ? offeredAnswers(review.detail, review.default_answer) : [],
        follows: followsOf({
          review,
          agent: task.agent,
          waiting: path.length,
          hasEnded,
          ...(proposal && { proposed: proposal.proposed }),
        }),
        button:
          proposal?.proposed.goesOnTrial || proposal?.proposed.hasLauncher
            ? { verb: "Approve", object: "and try it" }
            : buttonOf(review),
        cost: costOf(sources, task),
        comments: store.comments.of(uid),
        may_not: mayNot(sources, {
          review,
          actor,
          hasEnded,
          flags: proposal?.shown.change?.flags,
          entry: proposal?.entry ?? null,
        }),
      };
    },
    async listDecided({ limit = DECIDED_PAGE, after, ...query } = {}) {
      if (after !== undefined && !/^\d{1,15}$/.test(after))
        throw new UserError("invalid", 'The cursor is invalid: use the "next" of the last page.');
      const most = Math.min(Math.max(1, limit), MOST_DECIDED);
      const page = store.queries.decided.list({ ...query, ...(after !== undefined && { after }), limit: most });
      const items = page.items.map((item): DecidedReview => ({ ...item, restorable: restorableOf(sources, item) }));
      return { items, next: page.next };
    },
  };
}

function pathOf({ store, now }: ReviewItemSources, taskUid: string) {
  const path = [];
  for (let at: string | null = taskUid; at !== null; ) {
    const task = store.queries.trees.getTask(at, now());
    path.unshift(task);
    at = task.parent_id;
  }
  return path;
}

function costOf({ store, now }: ReviewItemSources, task: Task): ReviewItem["cost"] {
  const { totals, grant } = store.queries.trees.getTree(task.tree_id, "none", now());
  const tokens = totals.tokens_in + totals.tokens_out;
  const { spent } = task;
  return {
    task: { spent: { cost_usd: spent.cost_usd, tokens: spent.tokens }, grant: task.grant },
    tree: { spent: { cost_usd: totals.cost_usd, tokens }, grant },
  };
}

async function callOf(sources: ReviewItemSources, review: Review): Promise<ReviewedCall | null> {
  const { store, configuration } = sources;
  const subject = store.decisions.subjectOf(review.id);
  if (!subject) return null;
  const { tool, hash, level, why } = subject;
  const shown = { tool, hash, arguments: review.evidence ?? "", level, why };
  const found = serverToolNamed(configuration.tools(), tool);
  if (found) {
    const { start, hosts } = shownServer(found.server);
    const server = { name: found.server.name, start, schema_hash: found.tool.hash };
    return { ...shown, hosts, asks: [], change: null, plan: null, server };
  }
  const known = (await sources.catalogue()).world.get(tool);
  const effects =
    known && review.status === "open"
      ? await effectsOf(known, workplaceOfTask(sources, review), shown.arguments)
      : { change: null, plan: null };
  const caller = { model: sources.store.queries.trees.findTask(review.task_id).model };
  const asks = review.status === "open" ? asksOf(shown.arguments) : [];
  return { ...shown, hosts: hostsOf(known, shown.arguments, caller), asks, ...effects, server: null };
}

function asksOf(json: string): ReviewedCall["asks"] {
  try {
    const input: unknown = JSON.parse(json);
    return [
      ...(dangersInCall(input).includes("force_push") ? (["push"] as const) : []),
      ...(packagesInCall(input).length > 0 ? (["packages"] as const) : []),
    ];
  } catch {
    // Arguments that were cut are no command.
    return [];
  }
}

async function effectsOf(tool: WorldTool, workplace: Workplace | null, json: string) {
  return { change: await changeOf(tool, workplace, json), plan: await planOf(tool, workplace, json) };
}

/** Returns the workplace of the task of an item, as its tools see it; null: it has none. */
export function workplaceOfTask(
  { store, now, workplaceOf }: Pick<ReviewItemSources, "store" | "now" | "workplaceOf">,
  review: Review,
): Workplace | null {
  const folder = store.queries.files.folderOf(review.task_id);
  if (folder === "none") return null;
  return workplaceOf(store.queries.trees.getTree(review.tree_id, "none", now()), folder.owner);
}

function hostsOf(known: WorldTool | undefined, json: string, caller: Caller): string[] {
  if (!known?.effectOf) return [];
  try {
    return [...(known.effectOf(known.input.parse(JSON.parse(json)), caller).hosts ?? [])];
  } catch {
    // Arguments that were cut or have an older form name no hosts.
    return [];
  }
}

function proposalOf(sources: ReviewItemSources, uid: string) {
  const { store, configuration } = sources;
  const proposal = store.proposals.of(uid);
  if (!proposal) return null;
  const { kind, name, body, hash, why, proposedBy, baseVersion, status, seed } = proposal;
  if (kind === "code") return codeProposal(sources, proposal);
  const live = liveVersion(configuration, kind, name);
  // A decided proposal stays compared with the version that it was based on.
  const against = status === "open" ? live : baseVersion;
  const before = against === null ? null : store.configuration.version(kind, name, against);
  const tool = kind === "tool" ? (body as ToolBody | null) : null;
  const shown: ReviewedProposal = {
    kind,
    name,
    hash,
    why,
    proposed_by: proposedBy,
    base_version: baseVersion,
    stale: status === "open" && live !== null && live !== baseVersion,
    parts: partsOf(kind, before, body),
    ...readFacts(store, uid),
    hazards: tool && isServer(tool) ? hazardsOfAdded(tool.server) : [],
    change: null,
    trial: trialOf(sources, uid),
    seed: seed && { ...seed, removes: body === null },
  };
  const versions = store.queries.entries.versions(kind, name).map(({ version }) => version);
  const nextVersion = proposal.version ?? Math.max(0, ...versions) + 1;
  const proposed = {
    kind,
    name,
    baseVersion,
    nextVersion,
    startsServer: tool !== null && isServer(tool),
    goesOnTrial: live !== null && goesOnTrial(kind, body) && sources.providers.defaultModel() !== "runbook",
    hasLauncher: false,
    removes: body === null,
    isSeed: seed !== null,
  };
  return { shown, proposed, entry: { kind, name, after: body } };
}

function trialOf({ store, providers, selfPower }: ReviewItemSources, review: string) {
  const trial = store.trials.ofReview(review);
  return trial && shownTrial({ store, providers, power: selfPower }, trial);
}

function readFacts({ queries }: Store, uid: string): Pick<ReviewedProposal, "tested" | "faults" | "tainted"> {
  const { tested = null, faults = [], tainted = false } = queries.reviews.factsOf(uid);
  return { tested, faults, tainted };
}

/** A change of Banyan's own code: its diff, and everything known about it as facts. */
function codeProposal({ store, dataDir, selfPower }: ReviewItemSources, proposal: Proposal) {
  const { review, name, body, hash, why, proposedBy, status } = proposal;
  const code = body as ProposedCode;
  const releases = toldReleases(store);
  // Without a launcher people take approved changes themselves, and nobody tells Banyan which.
  const among = releases === null ? null : store.selfReleases.released();
  const others = store.proposals.othersApproved(review, Date.parse(releases?.persons_at ?? "") || 0, among);
  const off = switchRefusal(selfPower.state());
  const change = reviewedChange(code, { review, status, others, dataDir, releases, off });
  const shown: ReviewedProposal = {
    kind: "code",
    name,
    hash,
    why,
    proposed_by: proposedBy,
    base_version: null,
    stale: false,
    parts: [{ name: "Changed files", form: "patch", before: null, after: code.patch, editable: false }],
    ...readFacts(store, review),
    hazards: change.flags.map(flagText),
    change,
    trial: null,
    seed: null,
  };
  const proposed = {
    kind: "code" as const,
    name,
    baseVersion: null,
    nextVersion: 1,
    startsServer: false,
    goesOnTrial: false,
    hasLauncher: releases !== null,
    removes: false,
    isSeed: false,
  };
  return { shown, proposed, entry: null };
}

function liveVersion(configuration: Configuration, kind: ConfigKind, name: string): number | null {
  const lists = {
    agent: configuration.agents,
    document: configuration.documents,
    tool: configuration.tools,
    runbook: configuration.runbooks,
  };
  return lists[kind]().find((entry) => entry.name === name)?.version ?? null;
}

/** Returns how to undo an approved proposal, in words, while its version is still live; otherwise null. */
function restorableOf(
  { store, configuration }: ReviewItemSources,
  item: Omit<DecidedReview, "restorable">,
): string | null {
  if (item.kind !== "proposal" || item.status !== "approved") return null;
  const proposal = store.proposals.of(item.id);
  if (!proposal) return null;
  const { kind, name, baseVersion } = proposal;
  if (kind === "code") return null;
  if (liveVersion(configuration, kind, name) !== approvedVersion(proposal)) return null;
  return baseVersion === null ? `Remove the ${kind} ${name} again` : `Restore version ${baseVersion}`;
}

/** Returns the version that is live since the approval of a proposal; null: it removed the entry. */
export function approvedVersion({
  version,
  baseVersion,
  body,
}: Pick<Proposal, "version" | "baseVersion" | "body">): number | null {
  return body === null ? null : (version ?? (baseVersion ?? 0) + 1);
}

interface Wish {
  review: Review;
  actor: Actor;
  hasEnded: boolean;
  /** Of a proposed change of code. */
  flags: readonly ReviewedFlag[] | undefined;
  /** Of a proposed change of the configuration. */
  entry: EntryChange | null;
}

function mayNot(
  { store, configuration }: ReviewItemSources,
  { review, actor, hasEnded, flags, entry }: Wish,
): ReviewItem["may_not"] {
  const needed = review.kind === "question" ? "answer" : "decide";
  const [level] = rightsBeyond(actor.role, store.queries.trees.rightsOf(review.tree_id));
  const beyond = level ? `Its tree has the right “${level}”, which your role may not direct: ask an admin.` : null;
  const lacks = (permission: "answer" | "decide" | "run") =>
    may(actor.role, permission) ? null : refusalOf(actor.role, permission);
  const decide = lacks(needed) ?? (needed === "answer" ? beyond : ownReview(store, review, actor));
  return {
    decide,
    approve: decide ?? flagsRefusal(flags, actor.role) ?? (entry && guardedRefusal(configuration, entry, actor.role)),
    comment: lacks("answer"),
    ask: lacks("run") ?? (hasEnded ? "The task has ended, so nobody would read the question." : beyond),
  };
}
