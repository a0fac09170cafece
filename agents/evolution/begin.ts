/** Begins the tree of a cycle that was claimed. */
import { UserError } from "@/agents/application";
import { makerNow } from "@/agents/schedules/maker";
import { isOfTests } from "@/core/evolution/choose";
import { isEverywhere } from "@/core/evolution/rules";
import type { EvolutionRules, InsightOfCycle } from "@/core/shapes/evolution";
import { SELF_URL } from "@/core/shapes/improving/self";
import type { Submission } from "@/core/shapes/submission";
import { cycleCriterion, cycleTask } from "@/core/words/insights/evolution";
import type { StoredCycle } from "@/db/evolution/evolution";
import type { StoredInsight } from "@/db/projects/insights";
import type { StoredProject } from "@/db/projects/projects";
import { EVERYTHING } from "@/lib/clean-room/scope";
import { onceOf } from "./run";
import { settle } from "./settle";
import type { EvolutionSources } from "./sources";
import { stateOf } from "./state";

const DEVELOPER = "banyan_developer";
/** The host judges each round of the goal, and lets it go on. */
const ROUNDS_OF_A_TRY = 1;

export async function begin(sources: EvolutionSources, cycle: StoredCycle, project: StoredProject): Promise<void> {
  const { store, now } = sources;
  const state = stateOf(sources, project);
  const insight = store.insights.of(project.name).find(({ uid }) => uid === cycle.insight.id);
  if (state === null || insight === undefined)
    return settle(sources, cycle, { state: "failed", why: "The insight is no longer known." });
  const maker = makerNow(store.people, { maker: cycle.maker, rights: [] }, now());
  if ("lost" in maker) return settle(sources, cycle, { state: "failed", why: maker.lost });
  const link = store.forges.link(project.name);
  const submission = submissionOf({ cycle, project, rules: state.rules, insight, cloneUrl: link?.cloneUrl ?? null });
  try {
    await sources.submit(submission, maker.actor, onceOf(cycle.uid));
  } catch (error) {
    // A full disk or everything paused are passing faults, and the watch gives a folder some time.
    if (!(error instanceof UserError) || error.kind === "unavailable" || isOfFolder(error)) throw error;
    await giveUp(sources, cycle, error.message);
  }
}

/** Ends the run, and leaves the insight to a later one: what refused the tree, such as a model without a price, is no fault of it. */
export async function giveUp({ store }: EvolutionSources, cycle: StoredCycle, why: string): Promise<void> {
  await store.evolutions.drop(cycle, `A cycle could not begin: ${why}`);
}

/** Whether the tree got no folder: its repository cannot be read or copied now, or the sandbox is off. */
export function isOfFolder({ kind, refusal }: UserError): boolean {
  if (refusal?.code !== "wrong_field" || refusal.field !== "workspace") return false;
  return kind === "invalid" || kind === "unavailable";
}

interface Given {
  cycle: StoredCycle;
  project: StoredProject;
  rules: EvolutionRules;
  insight: StoredInsight;
  cloneUrl: string | null;
}

function submissionOf({ cycle, project, rules, insight, cloneUrl }: Given): Submission {
  const { address, branch, check, setup, defaults } = project;
  const isSelf = address === SELF_URL;
  const { goal: asked, model = defaults.model } = cycle.work;
  const shared: Submission = {
    task: cycleTask(insight, rules, isSelf),
    ...placeOf(cloneUrl ?? address, branch),
    ...(model !== undefined && { model }),
    grant: { cost_usd: cycle.capMicroUsd / 1_000_000 },
  };
  if (isSelf) return { ...shared, agent: DEVELOPER };
  return {
    ...shared,
    goal: {
      ...(check && { validation_command: check.command }),
      ...(setup !== null && { setup_command: setup }),
      ...(defaults.agent !== undefined && { executor: defaults.agent }),
      ...asked,
      criteria: [{ statement: cycleCriterion(insight) }, ...(asked?.criteria ?? [])],
      max_iterations: ROUNDS_OF_A_TRY,
      scope: scopeOf(rules, cycle.insight),
    },
  };
}

function placeOf(address: string, branch: string | null): Partial<Submission> {
  if (address.startsWith("/")) return { workspace: address, copy: true };
  return { repository: { url: address, ...(branch !== null && { branch }) } };
}

/** Tests are the work of some insights; for others the host proposes a scope without them. */
function scopeOf({ paths }: EvolutionRules, { kind }: InsightOfCycle): string[] | null {
  if (isOfTests(kind)) return [EVERYTHING];
  return isEverywhere(paths) ? null : paths;
}
