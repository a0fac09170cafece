/**
 * Whether memory helps: goals in generated repositories with seeded bugs, through the real runtime, with a scripted solver
 * whose rounds depend on the lessons that it is shown. Ten seeds; each is reported.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { confidenceOf, isOnTrial, LEAST_CONFIDENCE } from "@/core/lessons/confidence";
import { ownerCalled } from "@/core/rules/roles";
import { EVERY_LESSON } from "@/db/memory/listed";
import type { StoredLesson } from "@/db/memory/rows";
import { INSTANT_MODEL } from "@/tests/agents/instant";
import { KINDS, NOVEL_KINDS } from "@/tests/agents/memory-family/kinds";
import { type FamilyPlace, type Pursued, pursue } from "@/tests/agents/memory-family/pursue";
import { createCorePursuit } from "@/tests/agents/memory-family/pursue-in-core";
import { type Repository, repositoryOf } from "@/tests/agents/memory-family/repository";
import { createSolver } from "@/tests/agents/memory-family/solver";
import { startBenchTrial } from "./trial";

/** Goals of one seed, in each of the conditions. */
export interface SeedRun {
  seed: number;
  /** The test set without memory, and with the lessons of the training set. */
  cold: Pursued[];
  warm: Pursued[];
  /** With lessons whose advice belongs to another error. */
  shuffled: Pursued[];
  /** Kinds that no lesson is about, without memory and with. */
  novelCold: Pursued[];
  novel: Pursued[];
  /** With false lessons from an imported file, which are candidates. */
  poisoned: Pursued[];
  /** How often a false candidate was shown. */
  candidatesShown: number;
  /** False lessons that a person approved, with their counts after goals with their errors. */
  wrong: { goals: Pursued[]; lessons: number; retired: number; shown: number; mostHarmed: number };
}

const PERSON = ownerCalled("bench");
/** How many kinds have a live false lesson, and how many goals meet each. */
const WRONG_KINDS = 2;
const WRONG_GOALS = 3;
const MOST_LESSONS = 1_000;

/** `isCore`: no goal runs, only the functions that find, show, count and make lessons. */
export async function runSeed(seed: number, isCore: boolean, say: (line: string) => void): Promise<SeedRun> {
  const solver = createSolver();
  const trial = await startBenchTrial({ models: solver.models, tools: "real", synchronous: "NORMAL" });
  // Outside the checkout, because tasks cannot change the running system.
  const folder = join(mkdtempSync(join(tmpdir(), "banyan-family-")), "repository");
  const { runtime } = trial;
  const { lessons } = runtime.store;
  const ended = (tree: string) => trial.ended([tree]);
  const place: FamilyPlace = { runtime, model: INSTANT_MODEL, folder, ended, learn: trial.learn };
  const inCore = createCorePursuit({ lessons, solver, folder });
  const inRuntime = (repository: Repository, order: number) => {
    solver.begin(repository, order);
    return pursue(place, repository);
  };
  const one = isCore ? inCore : inRuntime;
  const all = async (name: string, repositories: readonly Repository[]) => {
    const goals: Pursued[] = [];
    // The order in which ways are tried is the same in every condition, so what differs is the memory.
    for (const [at, repository] of repositories.entries()) goals.push(await one(repository, seed * 100 + at));
    say(`seed ${seed}, ${name}: ${goals.map(({ rounds }) => rounds).join(" ")} rounds`);
    return goals;
  };
  try {
    if (!isCore) await trial.work();
    await lessons.setSettings({ on: true, holdout: 0 });
    await all(
      "training",
      KINDS.map((kind) => repositoryOf(kind, 2 * seed)),
    );
    const tests = KINDS.map((kind) => repositoryOf(kind, 2 * seed + 1));
    const novelTests = NOVEL_KINDS.map((kind) => repositoryOf(kind, 2 * seed + 1));
    const warm = await all("warm", tests);
    const novel = await all("novel", novelTests);
    await lessons.setSettings({ on: false });
    const cold = await all("cold", tests);
    const novelCold = await all("novel without memory", novelTests);
    await lessons.setSettings({ on: true });
    await shuffleAdvice(place);
    const shuffled = await all("shuffled", tests);
    await retireAll(place);
    await importFalse(place);
    const poisoned = await all("poisoned", tests);
    const candidatesShown = sum(
      lessons.list({ ...EVERY_LESSON, status: "candidate" }, MOST_LESSONS, 0).map(({ shown }) => shown),
    );
    const wrong = await withWrong(place, seed, all);
    return { seed, cold, warm, shuffled, novel, novelCold, poisoned, candidatesShown, wrong };
  } finally {
    await trial.close();
    rmSync(join(folder, ".."), { recursive: true, force: true });
  }
}

function listed(place: FamilyPlace): StoredLesson[] {
  return place.runtime.store.lessons.list(EVERY_LESSON, MOST_LESSONS, 0);
}

/** Gives each error the advice of the next one, as a person changes lessons. */
async function shuffleAdvice(place: FamilyPlace): Promise<void> {
  const { commands } = place.runtime.application;
  const live = listed(place).filter(({ status }) => status === "live");
  const adviceOf = new Map(live.map(({ signature, advice }) => [signature, advice]));
  const signatures = [...adviceOf.keys()];
  for (const { uid, signature } of live) {
    const next = signatures[(signatures.indexOf(signature) + 1) % signatures.length] as string;
    await commands.changeLesson({ id: uid, advice: adviceOf.get(next) as string }, PERSON);
  }
}

async function retireAll(place: FamilyPlace): Promise<void> {
  const { commands } = place.runtime.application;
  for (const { uid, status } of listed(place))
    if (status !== "retired") await commands.retireLesson({ id: uid, why: "The next condition begins." }, PERSON);
}

/** Returns a stranger's advice for each error, which is the way for another kind. */
const falseAdvice = (at: number) =>
  `${(KINDS[(at + 3) % KINDS.length] as (typeof KINDS)[number]).way}. Nothing else ever helps here.`;

async function importFalse(place: FamilyPlace): Promise<void> {
  const lessons = KINDS.map(({ behaviour }, at) => ({
    kind: "error_fix" as const,
    scope: "repository" as const,
    place: place.folder,
    trigger: behaviour,
    signature: behaviour,
    advice: falseAdvice(at),
  }));
  await place.runtime.application.commands.importLessons({ banyan_lessons: 1, lessons }, PERSON);
}

/** A person approves false lessons. Goals meet their errors again and again. */
async function withWrong(
  place: FamilyPlace,
  seed: number,
  all: (name: string, repositories: readonly Repository[]) => Promise<Pursued[]>,
): Promise<SeedRun["wrong"]> {
  const { commands } = place.runtime.application;
  const chosen = KINDS.filter((_, at) => (at + seed) % Math.floor(KINDS.length / WRONG_KINDS) === 0);
  const meant = (signature: string | null) => chosen.some(({ behaviour }) => behaviour === signature);
  const ids = listed(place).flatMap(({ uid, status, signature }) =>
    status === "candidate" && meant(signature) ? [uid] : [],
  );
  for (const id of ids) await commands.approveLesson({ id }, PERSON);
  const repositories = chosen.flatMap((kind) =>
    Array.from({ length: WRONG_GOALS }, (_, at) => repositoryOf(kind, 1_000 + 10 * seed + at)),
  );
  const goals = await all("wrong and live", repositories);
  const found = ids.flatMap((id) => place.runtime.store.lessons.get(id) ?? []);
  const retired = found.filter(({ status }) => status === "retired");
  const live = found.filter(({ status }) => status === "live");
  return {
    goals,
    lessons: ids.length,
    retired: retired.length,
    // A live lesson is no longer shown when its confidence is too low.
    shown: live.filter((lesson) => isOnTrial(lesson) || confidenceOf(lesson, Date.now()) >= LEAST_CONFIDENCE).length,
    mostHarmed: Math.max(...found.map(({ harmed }) => harmed)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
