/** Nights of an evolution on a simulated clock: trees of every character, people who decide by day, and kills. */
import { onTestFinished } from "vitest";
import { UserError } from "@/agents/application";
import { settle } from "@/agents/evolution/settle";
import type { EvolutionSources } from "@/agents/evolution/sources";
import { startEvolutionWatch } from "@/agents/evolution/watch";
import { DEFAULT_EVOLUTION, dayOf, isQuiet } from "@/core/evolution/rules";
import type { Actor } from "@/core/rules/roles";
import type { EvolutionRules } from "@/core/shapes/evolution";
import type { Submission } from "@/core/shapes/submission";
import type { StoredCycle } from "@/db/evolution/evolution";
import { withFolder } from "@/lib/insights/source";
import { tester } from "@/tests/agents/scenario";
import { createRandom, type Random } from "@/tests/agents/simulation/random";
import { startTrial, type Trial } from "@/tests/agents/trial";
import { repositoryWith } from "./evolving";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const EVENING = Date.UTC(2027, 0, 4, 20, 30);
const MICRO = 1_000_000;
const MOST_STEPS = 2_000;

const RULES: EvolutionRules = {
  ...DEFAULT_EVOLUTION,
  cycle_usd: 0.5,
  day_usd: 3,
  most_open: 4,
  quiet: { from: "08:00", until: "20:00", zone: "UTC" },
  stop_after: 4,
};

/** How a tree deals with a file; the name of the file begins with it. */
const CHARACTERS = ["good", "late", "lying", "idle", "slow", "wasteful"] as const;
type Character = (typeof CHARACTERS)[number];

/** Which try of each passes the judge; 0: none. */
const PASSES: Record<Character, number> = { good: 1, late: 3, lying: 0, idle: 0, slow: 2, wasteful: 0 };

function characterOf({ insight }: StoredCycle): Character {
  return CHARACTERS.find((one) => insight.path.startsWith(`src/${one}`)) ?? "idle";
}

export interface Nights {
  cycles: StoredCycle[];
  /** Sentences about what must never be. */
  wrong: string[];
  nights: number;
  kills: number;
  /** How often it stopped after rejections. */
  stops: number;
  faults: string[];
}

/** Lets an evolution work night after night until it has tried so many insights. */
export async function runNights(count: number, seed: number): Promise<Nights> {
  const random = createRandom(seed);
  const names = Array.from({ length: count }, (_, at) => `${CHARACTERS[at % CHARACTERS.length]}Number${at}`);
  const { folder } = repositoryWith(names);
  let evening = EVENING;
  let nowMs = EVENING;
  const clock: Clock = {
    now: () => nowMs,
    pass(ms) {
      nowMs += ms;
    },
  };
  const trial = await startTrial({ script: () => ({ text: "" }), work: false, runtime: { now: clock.now } });
  onTestFinished(() => trial.close());
  const { commands, queries } = trial.runtime.application;
  await commands.addProject({ address: folder, name: "shop", check: "test -f LICENSE" }, tester);
  await commands.setEvolution({ id: "shop", ...RULES }, tester);

  const kills = { count: 0 };
  const watch = startEvolutionWatch({
    ...killing(sourcesOf(trial, clock, random), random, kills),
    timers: { every: () => () => {}, after: () => () => {} } as never,
    leads: () => true,
    report: (message, error) => trial.faults.push(`${message} ${error instanceof Error ? error.stack : ""}`),
  });
  const { evolutions } = trial.runtime.store;
  const projectId = evolutions.of("shop")?.projectId ?? 0;
  const wrong = new Set<string>();
  const tally = { nights: 0, stops: 0 };
  for (; tally.nights < 5 * count; tally.nights += 1) {
    // A night of slow trees may last into the next.
    while (nowMs > evening) evening += DAY_MS;
    nowMs = evening;
    if (evolutions.of("shop")?.stoppedAtMs != null) {
      tally.stops += 1;
      await commands.resumeEvolution({ id: "shop" }, tester);
    }
    const { hold } = await queries.getEvolution("shop");
    if (hold?.code === "nothing") break;
    if (hold?.code !== "open") await commands.evolveProject({ id: "shop", cycles: random.between(1, 20) }, tester);
    for (let steps = 0; evolutions.going().length > 0; steps += 1) {
      if (steps > MOST_STEPS) throw new Error(`The run does not end. ${trial.faults.join("\n")}`);
      await watch.check();
      for (const sentence of wrongIn(evolutions.cycles(projectId))) wrong.add(sentence);
      nowMs += MINUTE_MS;
    }
    await decide(trial, random);
  }
  return {
    ...tally,
    cycles: evolutions.cycles(projectId),
    wrong: [...wrong],
    kills: kills.count,
    faults: trial.faults,
  };
}

/** By day people accept and reject what waits, most of it. */
async function decide({ runtime: { store } }: Trial, random: Random): Promise<void> {
  for (const cycle of store.evolutions.unsettled()) {
    if (cycle.state !== "open" || random.chance(0.2)) continue;
    const state = random.chance(0.5) ? "accepted" : "rejected";
    await settle({ store }, cycle, { state, why: state === "rejected" ? "Not like this" : null, by: "tester" });
  }
}

/** Returns a sentence for each law that these cycles break. */
function wrongIn(cycles: readonly StoredCycle[]): string[] {
  const wrong: string[] = [];
  const unsettled = cycles.filter(({ state }) => state === "working" || state === "open");
  if (cycles.filter(({ state }) => state === "open").length > RULES.most_open) wrong.push("Too many changes are open.");
  if (cycles.filter(({ state }) => state === "working").length > 1) wrong.push("Two cycles work at once.");
  const paths = unsettled.flatMap((cycle) => cycle.paths);
  if (new Set(paths).size < paths.length) wrong.push("Two cycles are about the same file.");
  if (new Set(cycles.map(({ insight }) => insight.id)).size < cycles.length) wrong.push("An insight has two cycles.");
  const days = new Map<number, number>();
  for (const { tries, uid, microUsd, capMicroUsd, createdAtMs } of cycles) {
    if (tries > 3) wrong.push(`${uid} has ${tries} tries.`);
    if (microUsd > capMicroUsd) wrong.push(`${uid} cost ${microUsd} of ${capMicroUsd}.`);
    if (isQuiet(RULES.quiet, createdAtMs)) wrong.push(`${uid} began in quiet hours.`);
    days.set(dayOf(createdAtMs), (days.get(dayOf(createdAtMs)) ?? 0) + microUsd);
  }
  for (const [day, spent] of days)
    if (spent > RULES.day_usd * MICRO) wrong.push(`The cycles of ${new Date(day).toISOString()} cost ${spent}.`);
  return wrong;
}

interface Clock {
  now(): number;
  pass(ms: number): void;
}

function sourcesOf(trial: Trial, { now, pass }: Clock, random: Random): EvolutionSources {
  const { store, application } = trial.runtime;
  const { commands, queries } = application;
  const { sqlite } = store.client;
  const cost = sqlite.prepare(
    "UPDATE trees SET ended_at_ms = @now, micro_usd = min(@most, micro_usd + @cost) WHERE uid = @uid",
  );
  const end = sqlite.prepare(`
    UPDATE tasks SET status = @status, attempt = attempt + @again WHERE id = (SELECT root_id FROM trees WHERE uid = @uid)`);
  /** A tree works and ends at once, as its character is: no worker and no model is there. */
  const work = (uid: string, again: number) => {
    const cycle = store.evolutions.ofTree(uid);
    if (cycle === null) return;
    const character = characterOf(cycle);
    if (character === "slow") pass(3 * 60 * MINUTE_MS);
    const most = cycle.capMicroUsd;
    cost.run({ uid, most, now: now(), cost: character === "wasteful" ? most : random.between(5_000, most / 4) });
    end.run({ uid, again, status: character === "wasteful" ? "failed" : "succeeded" });
  };
  const program = process.cwd();
  return {
    store,
    queries,
    now,
    program,
    dataDir: trial.dataDir,
    // Only the real judge reads them.
    snapshots: undefined as never,
    security: { redactor: { redactValue: (value) => value } },
    hiddenPathsOf: () => [],
    openRepository: ({ address, branch }, options, work) => withFolder(address, { branch, ...options }, work),
    isSwitchedOff: () => false,
    redact: (text) => text,
    async submit(submission: Submission, actor: Actor, once: string) {
      const { id } = await commands.submitTree({ ...submission, once }, actor);
      work(id, 0);
    },
    async stop() {},
    async goOn(tree) {
      work(tree, 1);
      return { tree_id: tree };
    },
    // The gates and the second look have tests of their own.
    async judge(cycle) {
      const passes = cycle.tries === PASSES[characterOf(cycle)];
      return passes ? { snapshot: "judged", unmeasured: null } : { refusal: "A look at the files still finds it." };
    },
  };
}

/** Kills the process, as it were, before or after any of its writes: what is stored stays, and the rest is done again. */
function killing(sources: EvolutionSources, random: Random, kills: { count: number }): EvolutionSources {
  const dies = () => {
    if (!random.chance(0.04)) return;
    kills.count += 1;
    throw new UserError("unavailable", "Killed.");
  };
  const mortal = <Given extends unknown[], Result>(work: (...given: Given) => Promise<Result>) => {
    return async (...given: Given) => {
      dies();
      const result = await work(...given);
      dies();
      return result;
    };
  };
  const { evolutions, insights } = sources.store;
  const { claim, change, changeRun, stop } = evolutions;
  return {
    ...sources,
    submit: mortal(sources.submit),
    goOn: mortal(sources.goOn),
    judge: mortal(sources.judge),
    store: {
      ...sources.store,
      evolutions: {
        ...evolutions,
        claim: mortal(claim),
        change: mortal(change),
        changeRun: mortal(changeRun),
        stop: mortal(stop),
      },
      insights: { ...insights, unplan: mortal(insights.unplan) },
    },
  };
}
