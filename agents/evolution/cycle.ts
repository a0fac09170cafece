/** The next step of a cycle: its tree begins and works, the host judges it, and a person accepts or rejects its change. */
import { UserError } from "@/agents/application";
import { attemptOf } from "@/agents/forges/requests";
import { makerNow } from "@/agents/schedules/maker";
import { MOST_TRIES } from "@/core/evolution/rules";
import { cycleReason, cycleTitle, tryAgainWords } from "@/core/words/insights/evolution";
import type { StoredCycle } from "@/db/evolution/evolution";
import type { StoredProject } from "@/db/projects/projects";
import { asJudged } from "./as-judged";
import { begin } from "./begin";
import { followProposals, reasonOf } from "./proposals";
import { settle } from "./settle";
import type { EvolutionSources } from "./sources";
import { changeOf, stateOf } from "./state";

export async function stepCycle(sources: EvolutionSources, cycle: StoredCycle, signal: AbortSignal): Promise<void> {
  const project = sources.store.projects.get(cycle.project);
  if (project === null) return;
  if (cycle.state === "open") await followChange(sources, cycle, project);
  else await followTree(sources, cycle, project, signal);
}

async function followTree(
  sources: EvolutionSources,
  cycle: StoredCycle,
  project: StoredProject,
  signal: AbortSignal,
): Promise<void> {
  const { store, queries } = sources;
  const fail = (why: string) => settle(sources, cycle, { state: "failed", why });
  const stopped = store.evolutions.of(project.name)?.stoppedBy ?? null;
  const attempt = attemptOf(sources, cycle.tree);
  // A kill came between the stop of the evolution and that of its cycles.
  if (stopped !== null) {
    // First the tree: after a kill in between, nobody would stop that of a settled cycle.
    if (attempt !== null) {
      await sources.stop(cycle.tree);
      await store.evolutions.change(cycle, { begunAtMs: sources.now() });
    }
    return settle(sources, cycle, { state: "stopped", why: `${stopped} stopped it.` });
  }
  if (attempt === null) {
    if (cycle.begunAtMs !== null) return fail("Its tree was deleted.");
    return begin(sources, cycle, project);
  }
  if (cycle.begunAtMs === null) {
    // What kept it from beginning is over.
    await store.evolutions.change(cycle, { begunAtMs: sources.now(), why: null });
    return;
  }
  if (changeOf(store, project) === "proposal") return followProposals(sources, cycle);
  if (cycle.words !== null) return goOn(sources, cycle, cycle.words, attempt);
  const tree = await queries.getTree(cycle.tree, { tasks: "none" });
  if (tree.ended_at === null) return;
  if (tree.status === "stopped") return settle(sources, cycle, { state: "stopped", why: "A person stopped its tree." });
  const refusal = tree.status === "succeeded" ? null : await reasonOf(sources, tree);
  if (refusal !== null) return refuse(sources, cycle, { refusal, attempt });
  const rules = stateOf(sources, project)?.rules;
  if (rules === undefined) return;
  const judged = await sources.judge(cycle, { project, rules, signal });
  if ("refusal" in judged) return refuse(sources, cycle, { refusal: sources.redact(judged.refusal), attempt });
  // The text of a pull request says it; for a branch this is the only place.
  const why = changeOf(store, project) === "branch" ? judged.unmeasured : null;
  await store.evolutions.change(cycle, { state: "open", why, snapshot: judged.snapshot });
}

/** A try that did not pass: the tree goes on with the reason, three times in all. */
async function refuse(
  sources: EvolutionSources,
  cycle: StoredCycle,
  { refusal, attempt }: { refusal: string; attempt: number },
): Promise<void> {
  const refusals = [...cycle.refusals, refusal.slice(0, 2_000)];
  if (cycle.tries >= MOST_TRIES) {
    await sources.store.evolutions.change(cycle, { refusals });
    return settle(sources, cycle, { state: "failed", why: `None of ${MOST_TRIES} tries passed.` });
  }
  const next = cycle.tries + 1;
  const words = { text: tryAgainWords(refusal, { next, most: MOST_TRIES }), attempt };
  await sources.store.evolutions.change(cycle, { refusals, tries: next, words });
}

/** Gives the tree its words, unless it has them already. */
async function goOn(
  sources: EvolutionSources,
  cycle: StoredCycle,
  { text, attempt }: { text: string; attempt: number },
  current: number,
): Promise<void> {
  const { store, now } = sources;
  let { tree } = cycle;
  if (current === attempt) {
    const maker = makerNow(store.people, { maker: cycle.maker, rights: [] }, now());
    if ("lost" in maker) return settle(sources, cycle, { state: "failed", why: maker.lost });
    // Somebody may stop the evolution now, before the tree works again: it is then stopped as one that was being created.
    if (!(await store.evolutions.change(cycle, { begunAtMs: null }))) return;
    try {
      tree = (await sources.goOn(cycle.tree, { text, attempt }, maker.actor)).tree_id;
    } catch (error) {
      if (!(error instanceof UserError) || error.kind === "unavailable") throw error;
      return settle(sources, cycle, { state: "failed", why: error.message });
    }
  }
  if (await store.evolutions.change(cycle, { words: null, tree, begunAtMs: now() })) return;
  // A person stopped the evolution meanwhile, and the tree had ended then.
  await stopTree(sources, { ...cycle, tree });
}

/** Stops the tree of a cycle that was stopped before the tree could be. */
export async function stopTree(sources: EvolutionSources, cycle: StoredCycle): Promise<void> {
  const { store } = sources;
  const now = store.evolutions.cycle(cycle.uid);
  if (now === null || now.state === "working" || now.state === "open") return;
  if (attemptOf(sources, cycle.tree) === null) return;
  await sources.stop(cycle.tree);
  await store.evolutions.change(now, { begunAtMs: sources.now() });
}

/** Follows a change that waits for a person. */
async function followChange(sources: EvolutionSources, cycle: StoredCycle, project: StoredProject): Promise<void> {
  const { store } = sources;
  const kind = changeOf(store, project);
  const handed = store.forges.ofCycle(cycle.uid);
  // A forge has its own copy of what was handed over.
  if (handed === null && attemptOf(sources, cycle.tree) === null)
    return settle(sources, cycle, { state: "failed", why: "Its tree was deleted." });
  if (kind === "proposal") return followProposals(sources, cycle);
  if (handed === null) {
    // A branch of a folder is made when a person accepts the change.
    if (kind === "branch" || (await asJudged(sources, cycle)) !== "same") return;
    return store.forges.handOver(cycle.projectId, {
      cycle: cycle.uid,
      cycleId: cycle.id,
      title: cycleTitle(cycle.insight),
      body: cycleReason(cycle.insight),
      askedBy: cycle.maker.name,
      tree: cycle.tree,
      branch: `banyan/${cycle.tree}`,
    });
  }
  if (handed.state === "merged") return settle(sources, cycle, { state: "accepted", why: null });
  if (handed.state === "closed") return settle(sources, cycle, { state: "rejected", why: handed.why });
  if (handed.state === "failed") await settle(sources, cycle, { state: "failed", why: handed.why });
}
