/** Evolution: insights become changes, in cycles that a person allows, stops and decides. */
import { z } from "zod";
import { type Actor, UserError, wrongField } from "@/agents/application";
import { applyAsBranch } from "@/agents/commands/apply";
import { projectFor } from "@/agents/commands/workspace/named-project";
import { repositoryAt } from "@/agents/commands/workspace/named-repository";
import { asJudged } from "@/agents/evolution/as-judged";
import { settle, settledFirst } from "@/agents/evolution/settle";
import { changeOf, nextOf, stateOf } from "@/agents/evolution/state";
import { said } from "@/agents/operations/operation";
import { changeOf as changeOfFields, numberWithin, text, whole, wholeNumber } from "@/agents/operations/parse";
import { projectCalled } from "@/agents/projects/find-project";
import { oneCalled } from "@/agents/queries/ids";
import { DEFAULT_EVOLUTION, MOST_CYCLES } from "@/core/evolution/rules";
import { type CycleWork, cycleGoal } from "@/core/evolution/work";
import { treeIdOf } from "@/core/ids";
import { personOf } from "@/core/rules/roles";
import type { EvolutionRules } from "@/core/shapes/evolution";
import { SELF_URL } from "@/core/shapes/improving/self";
import { isOfPeople } from "@/core/shapes/insights";
import { exactMoney, plural } from "@/core/words/figures";
import { holdSentence } from "@/core/words/insights/evolution";
import { forgeWords } from "@/core/words/projects";
import type { StoredCycle } from "@/db/evolution/evolution";
import type { StoredProject } from "@/db/projects/projects";
import { newId } from "@/lib/new-id";
import { stopTask } from "./control";
import { insightCalled } from "./insights";
import { checkReach } from "./reach";
import { checkSubmission } from "./submit";
import { doneOnce } from "./world/done-once";
import { type CommandWorld, operation } from "./world/operation";

const MOST_USD = 10_000;
const MOST_REASON = 500;

const dollars = (what: string) =>
  numberWithin((usd) => usd >= 0.01 && usd <= MOST_USD, `${what} is from 0.01 to ${MOST_USD} dollars`);
const time = text.refine(
  (given) => /^([01]\d|2[0-3]):[0-5]\d$/.test(given),
  whole("Give the time as HH:MM, from 00:00 to 23:59."),
);
const zone = text.refine(isZone, whole("This is no time zone: use a name such as Europe/Berlin or UTC."));
const glob = text
  .trim()
  .refine((given) => given !== "" && given.length <= 500, whole("A path has 1 to 500 characters."));
const cycles = wholeNumber("number of cycles", 1, MOST_CYCLES);
const reason = text
  .trim()
  .refine((given) => given !== "" && given.length <= MOST_REASON, whole(`Say why in 1 to ${MOST_REASON} characters.`));

const rulesChange = changeOfFields({
  cycle_usd: dollars("The cap of a cycle").optional(),
  day_usd: dollars("The cap of a day").optional(),
  most_open: wholeNumber("number of open changes", 1, 50).optional(),
  paths: z
    .array(glob, "must be a list of paths")
    .min(1, "needs at least one path")
    .max(100, "may be 100 at most")
    .optional(),
  least_score: numberWithin((score) => score >= 0 && score <= 1, "The least score is from 0 to 1").optional(),
  quiet: z.strictObject({ from: time, until: time, zone }, "must have from, until and zone").nullable().optional(),
  stop_after: wholeNumber("number of rejections", 1, 50).optional(),
});

const begunRun = said.extend({ run: z.string().describe("Id of the run.") });

export const evolutionOperations = {
  evolveProject: operation({
    right: "run",
    summary:
      "Begins a run: a look for insights, then cycles in which the best one, or the one that is sent, becomes a change that a person accepts or rejects.",
    on: "name",
    http: "POST projects/:id/evolve",
    /** The same `once` begins the same run. */
    input: z.strictObject({
      cycles: cycles.optional().describe("Most cycles of the run; absent, and with `insight`: 1."),
      insight: text.optional().describe("Id of the insight to deal with; absent: the best ones."),
      model: text.optional().describe("Model of its trees, as `provider/model`."),
      goal: cycleGoal.optional().describe("How its trees work, as goals."),
      once: text.optional().describe("A repeated request with the same value begins one run."),
    }),
    audit: ["cycles", "insight", "model"],
    result: begunRun,
    async run({ id, once, ...given }, actor, world) {
      const project = projectCalled(world.store.projects, id);
      // Only who may name the folder may have agents work on a copy of it.
      if (project.address.startsWith("/")) repositoryAt(world, project.address, actor);
      // A kill may come between a time of a schedule and its run, and a person may change the schedule meanwhile.
      const input = actor.schedule === undefined ? given : {};
      const asked = { what: "evolution", subject: project.name, once, input };
      return doneOnce(world.store, actor, asked, begunRun, (_, name) =>
        beginRun(world, project, given, actor, name === undefined ? newId() : treeIdOf(name)),
      );
    },
  }),
  setEvolution: operation({
    right: "configure",
    summary: "Changes what is sent of the rules of an evolution: caps, paths, open changes, quiet hours, rejections.",
    on: "name",
    http: "POST projects/:id/evolution",
    input: rulesChange,
    audit: ["cycle_usd", "day_usd", "most_open", "paths", "least_score", "quiet", "stop_after"],
    result: said,
    async run({ id, ...given }, actor, world) {
      const { evolutions } = world.store;
      projectFor(world, id, actor);
      const sent = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const isSaved = await evolutions.changeRules(id, (before) => {
        const rules: EvolutionRules = { ...(before ?? DEFAULT_EVOLUTION), ...sent };
        if (rules.cycle_usd > rules.day_usd)
          throw wrongField(
            "cycle_usd",
            `A cycle may cost ${exactMoney(rules.cycle_usd)} and a day ${exactMoney(rules.day_usd)}, so none could begin: raise the cap of the day or lower that of a cycle.`,
          );
        return rules;
      });
      if (!isSaved) throw removed(id);
      return { sentence: `Saved the rules for the evolution of ${id}.` };
    },
  }),
  stopEvolution: operation({
    right: "run",
    summary:
      "Stops the evolution of a project at once: its working trees stop, and no cycle begins until it is resumed.",
    on: "name",
    http: "POST projects/:id/stop-evolving",
    audit: [],
    result: said,
    async run({ id }, actor, world) {
      const { store } = world;
      const project = projectCalled(store.projects, id);
      const state = stateOf(world, project);
      if (state === null) throw removed(id);
      const by = personOf(actor.name);
      const working = await store.evolutions.stop(id, { by, why: `${by} stopped it.`, rules: state.rules });
      if (working === null) throw new UserError("conflict", "The evolution is stopped already.");
      const { trees } = store.queries;
      let stopping = 0;
      for (const cycle of working) {
        // The tree of a cycle that waits to begin is not there.
        const isThere = trees.treesLike(cycle.tree).includes(cycle.tree);
        const root = isThere ? trees.findTask(trees.rootOf(cycle.tree)) : null;
        if (root && (await stopTask(store, root, `${by} stopped the evolution.`))) stopping += 1;
        await settle(world, cycle, { state: "stopped", why: `${by} stopped it.` });
      }
      const stopped = stopping === 0 ? "Nothing was working." : `Stopping ${plural(stopping, "tree")}.`;
      return { sentence: `Stopped the evolution of ${id}. ${stopped} Changes that wait for a person still wait.` };
    },
  }),
  resumeEvolution: operation({
    right: "run",
    summary: "Lets cycles begin again. Rejections of before no longer count.",
    on: "name",
    http: "POST projects/:id/resume-evolving",
    audit: [],
    result: said,
    async run({ id }, actor, world) {
      projectFor(world, id, actor);
      if (!(await world.store.evolutions.resume(id))) throw new UserError("conflict", "The evolution is not stopped.");
      return { sentence: `Resumed: cycles of ${id} may begin again.` };
    },
  }),
  acceptCycle: operation({
    right: "run",
    summary:
      "Accepts the change of a cycle whose project has no forge: it becomes a branch of the project's folder, or of the folder of the server that is sent.",
    on: "name",
    http: "POST projects/:id/accept",
    /** Without `repository`, the branch is created in the project's folder. */
    input: z.strictObject({
      cycle: text.describe("Id of the cycle."),
      branch: text.optional().describe("Name of the new branch; absent: one that is free."),
      repository: text
        .optional()
        .describe("Folder of the repository that gets the branch; absent: the project's folder."),
    }),
    audit: ["cycle", "branch", "repository"],
    result: said.extend({ branch: z.string().describe("Name of the branch.") }),
    async run({ id, cycle: uid, branch: name, repository: folder }, actor, world) {
      const cycle = decidable(world, id, uid);
      checkReach(world, { works: [cycle.tree] }, actor);
      const isElsewhere = folder !== undefined && folder.trim() !== "";
      if (!isElsewhere) refuseWithoutFolder(projectCalled(world.store.projects, id));
      await refuseUnjudged(world, cycle);
      // Its name is kept first: after a kill, the same press finds the branch instead of making a second one.
      const wanted = { id: cycle.tree, branch: name ?? cycle.branch ?? undefined };
      const keepName = (branch: string | null) => world.store.evolutions.change(cycle, { branch });
      const { branch, repository, sentence } = await applyAsBranch(
        { ...wanted, ...(isElsewhere && { repository: folder }) },
        actor,
        world,
        keepName,
      ).catch(async (error: unknown) => {
        await keepName(cycle.branch);
        throw error;
      });
      const why = isElsewhere ? `The branch is in ${repository}.` : null;
      if (!(await settledFirst(world, cycle, { state: "accepted", why, by: personOf(actor.name) })))
        throw new UserError("conflict", `Somebody else has decided it meanwhile. ${sentence}`);
      return { sentence, branch };
    },
  }),
  rejectCycle: operation({
    right: "run",
    summary: "Rejects the change of a cycle whose project has no forge, with a reason: its insight is dismissed.",
    on: "name",
    http: "POST projects/:id/reject",
    input: z.strictObject({
      cycle: text.describe("Id of the cycle."),
      reason: reason.describe("Why; the insight is dismissed with it."),
    }),
    audit: ["cycle", "reason"],
    result: said,
    async run({ id, cycle: uid, reason: why }, actor, world) {
      const cycle = decidable(world, id, uid);
      checkReach(world, { works: [cycle.tree] }, actor);
      if (!(await settledFirst(world, cycle, { state: "rejected", why, by: personOf(actor.name) })))
        throw new UserError("conflict", "Somebody else has decided it meanwhile.");
      return { sentence: "Rejected. Its insight is dismissed with your reason." };
    },
  }),
};

/** `uid`: the run that a repeated request begins is the same one. */
async function beginRun(
  world: CommandWorld,
  project: StoredProject,
  { cycles: asked, insight, model, goal }: WantedRun,
  { schedule, ...maker }: Actor,
  uid: string,
): Promise<z.infer<typeof begunRun>> {
  const chosen = insight === undefined ? null : workableInsight(world, project.name, insight).uid;
  const work = workOf(world, project, { model, goal });
  const sources = { ...world, isSwitchedOff: () => world.self.power.state().off !== null };
  const state = stateOf(world, project);
  if (state === null) throw removed(project.name);
  const next = nextOf(sources, project, state, chosen);
  // A look may find more, and waits for nobody.
  if (
    !world.store.evolutions.hasRun(uid) &&
    "hold" in next &&
    next.hold !== "nothing" &&
    next.hold !== "not_looked" &&
    next.hold !== "busy"
  )
    throw new UserError("conflict", holdSentence(next.hold, state.rules));
  const cyclesMax = insight === undefined ? (asked ?? 1) : 1;
  const isBegun = await world.store.evolutions.begin({
    uid,
    project: project.name,
    cause: schedule === undefined ? "person" : "schedule",
    maker,
    cyclesMax,
    insight: chosen,
    work,
  });
  if (!isBegun)
    throw new UserError(
      "conflict",
      `A run of ${project.name} goes on already: see \`banyan evolve ${project.name} status\`.`,
    );
  return { sentence: `Looking at ${project.name}, then at most ${plural(cyclesMax, "cycle")}.`, run: uid };
}

/** Returns what was said of the work. Throws UserError for what no tree could have. */
export function workOf(world: CommandWorld, project: StoredProject, { model, goal }: GivenWork): CycleWork {
  const { address, defaults } = project;
  if (goal !== undefined && address === SELF_URL)
    throw wrongField(
      "goal",
      "A change of Banyan itself is judged by the gates of a release and is no goal: name only its model.",
    );
  const work = { ...(model !== undefined && { model }), ...(goal && { goal: goal as CycleWork["goal"] }) };
  // The cap of a cycle needs a model with a price.
  const grant = { cost_usd: stateOf(world, project)?.rules.cycle_usd ?? DEFAULT_EVOLUTION.cycle_usd };
  const asked = { task: "Evolve", goal: {}, grant, ...(defaults.model && { model: defaults.model }), ...work };
  checkSubmission(world, asked);
  return work;
}

interface WantedRun extends GivenWork {
  cycles?: number | undefined;
  insight?: string | undefined;
}

interface GivenWork {
  model?: string | undefined;
  goal?: z.output<typeof cycleGoal> | undefined;
}

function workableInsight({ store }: CommandWorld, project: string, given: string) {
  const found = insightCalled(store, project, given);
  if (found.state === "done" || found.state === "planned")
    throw new UserError("conflict", `${found.title}: this is ${found.state} already.`);
  if (isOfPeople(found.kind))
    throw new UserError(
      "conflict",
      `${found.title}: a person deals with this, because packages and licences are no work of an evolution.`,
    );
  return found;
}

/** Returns a cycle whose change is decided here. Throws UserError, which says where else it is decided. */
function decidable({ store }: CommandWorld, id: string, uid: string) {
  const project = projectCalled(store.projects, id);
  const evolution = store.evolutions.of(id);
  const known = evolution === null ? [] : store.evolutions.cycles(evolution.projectId);
  const cycle = oneCalled("cycle", uid, known, `The project ${id} has no cycle ${JSON.stringify(uid.slice(0, 40))}.`);
  if (cycle.state !== "open")
    throw new UserError("conflict", `The cycle is ${cycle.state}: only a change that waits can be decided.`);
  const kind = changeOf(store, project);
  if (kind === "pull_request")
    throw new UserError(
      "conflict",
      `This change is decided at the forge: merge or close its ${forgeWords(store.forges.link(id)?.kind ?? null).pull} there.`,
    );
  if (kind === "proposal") throw new UserError("conflict", "This change is decided in Review, where its proposal is.");
  return cycle;
}

/** Files that changed after the host had judged them are judged again before a person decides. */
async function refuseUnjudged(world: CommandWorld, cycle: StoredCycle): Promise<void> {
  const judged = await asJudged(world, cycle);
  if (judged === "same") return;
  const then =
    judged === "held"
      ? "Resume the evolution, then accept it again: the files are judged first."
      : "They are judged again when the tree has ended; then the change waits for you.";
  throw new UserError("conflict", `The tree of this cycle has worked on since its files were judged. ${then}`);
}

/** A branch needs a folder of the server, and the project's address may be none. */
function refuseWithoutFolder({ name, address }: StoredProject): void {
  if (!address.startsWith("/"))
    throw wrongField(
      "repository",
      `The project ${name} has no folder on the server: name a folder with a clone of ${address}, in which the branch is created.`,
    );
}

function removed(project: string): UserError {
  return new UserError("not_found", `Somebody has removed the project ${project}.`);
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
