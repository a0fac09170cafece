/** The family of repositories, and the solver whose rounds depend on lessons. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { EVERY_LESSON } from "@/db/memory/listed";
import { openStore } from "@/db/store";
import { INSTANT_MODEL } from "../instant";
import { startTrial } from "../trial";
import { KINDS, NOVEL_KINDS } from "./kinds";
import { pursue } from "./pursue";
import { createCorePursuit } from "./pursue-in-core";
import { CHECK, type Repository, repositoryOf, writeRepository } from "./repository";
import { createSolver, namedIn } from "./solver";

const LIVE = { ...EVERY_LESSON, status: "live" as const };

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "banyan-family-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Returns the exit status and the output of the check. */
function checked(cwd: string): Promise<{ status: number; output: string }> {
  const [program = "", ...args] = CHECK.split(" ");
  return new Promise((resolve) =>
    execFile(program, args, { cwd }, (error, output) => resolve({ status: Number(error?.code ?? 0), output })),
  );
}

test.each([...KINDS, ...NOVEL_KINDS].map((kind) => [kind.name, kind] as const))(
  "%s: the check fails by its behaviour alone, and only the right way mends it",
  async (_, kind) => {
    const at = folder();
    for (const seed of [1, 2]) {
      const repository = repositoryOf(kind, seed);
      writeRepository(at, repository);
      const failing = await checked(at);
      expect(failing.status).toBe(1);
      expect(failing.output.match(/^not ok .*$/gm)).toEqual([`not ok 2 - ${kind.behaviour}`]);
      const statuses: Record<string, number> = {};
      for (const way of repository.ways) {
        writeRepository(at, { files: { ...repository.files, [repository.path]: repository.mended(way) } });
        statuses[way] = (await checked(at)).status;
      }
      expect(Object.keys(statuses).filter((way) => statuses[way] === 0)).toEqual([kind.way]);
    }
  },
);

test("the same seed makes the same repository, and another seed uses other names", () => {
  const [kind] = KINDS;
  if (!kind) throw new Error("There are no kinds.");
  expect(repositoryOf(kind, 5).files).toEqual(repositoryOf(kind, 5).files);
  expect(repositoryOf(kind, 6).files).not.toEqual(repositoryOf(kind, 5).files);
});

test("the solver reads a way only where a lesson is quoted", () => {
  const way = KINDS[0]?.way ?? "";
  const said = (content: string) => namedIn({ messages: [{ role: "user", content }] });
  expect(said(`What helped in other tasks like this one:\n\n> The error went away after: ${way}`)).toEqual([way]);
  expect(said(`> ${way}`)).toEqual([]);
  expect(said(`What helped in other tasks like this one:\n${way}`)).toEqual([]);
});

test("lessons are found, shown, counted and made without tasks and commands too", async () => {
  const solver = createSolver();
  const store = openStore(join(folder(), "banyan.db"), { migrations: "drizzle" });
  onTestFinished(() => store.close());
  const { lessons } = store;
  const pursueOne = createCorePursuit({ lessons, solver, folder: "/project" });
  const [kind] = KINDS;
  if (!kind) throw new Error("There are no kinds.");
  const roundsOf = async (seed: number, order: number) => (await pursueOne(repositoryOf(kind, seed), order)).rounds;
  await roundsOf(1, 1);
  expect(lessons.list(LIVE, 10, 0)).toMatchObject([{ signature: kind.behaviour, helped: 1 }]);
  expect(await Promise.all([await roundsOf(2, 1), await roundsOf(3, 2), await roundsOf(4, 3)])).toEqual([1, 1, 1]);
  expect(lessons.list(LIVE, 10, 0)).toMatchObject([{ shown: 3, helped: 4, harmed: 0 }]);
  await lessons.change(
    lessons.list(LIVE, 1, 0)[0]?.uid ?? "",
    { text: { advice: `${KINDS[1]?.way}.` } },
    { by: "test", action: "edited", detail: {} },
  );
  const before = lessons.list(LIVE, 10, 0)[0];
  for (let seed = 5; seed < 12; seed += 1) expect(await roundsOf(seed, seed)).toBeLessThanOrEqual(5);
  // A lesson that helped four times now harms until its confidence is too low. Then it is no longer shown.
  const after = lessons.get(before?.uid ?? "");
  expect(after?.harmed).toBeGreaterThanOrEqual(3);
  await roundsOf(12, 12);
  expect(lessons.get(before?.uid ?? "")).toMatchObject({ shown: after?.shown, harmed: after?.harmed });
});

test("a lesson from one repository ends the goal of the next in one round, and without it the gain is gone", async () => {
  const solver = createSolver();
  const at = folder();
  const trial = await startTrial({ runtime: { models: solver.models } });
  onTestFinished(() => trial.close());
  const { store } = trial.runtime;
  const place = {
    runtime: trial.runtime,
    model: INSTANT_MODEL,
    folder: at,
    ended: trial.ended,
    learn: async () => trial.worker?.lessons.check(),
  };
  await store.lessons.setSettings({ holdout: 0 });
  // An order in which the right way is not the first.
  const seed = 1;
  const mend = (repository: Repository) => {
    solver.begin(repository, seed);
    return pursue(place, repository);
  };
  const kind = KINDS[1];
  if (!kind) throw new Error("There are no kinds.");
  const first = await mend(repositoryOf(kind, 1));
  expect(first).toMatchObject({ succeeded: true });
  expect(first.rounds).toBeGreaterThan(1);
  const made = store.lessons.list(LIVE, 10, 0).filter((lesson) => lesson.kind === "error_fix");
  expect(made).toMatchObject([{ signature: kind.behaviour, place: at }]);
  expect(await mend(repositoryOf(kind, 2))).toMatchObject({ succeeded: true, rounds: 1 });
  await store.lessons.setSettings({ on: false });
  const without = await mend(repositoryOf(kind, 2));
  expect(without).toMatchObject({ succeeded: true });
  expect(without.rounds).toBeGreaterThan(1);
  expect(trial.faults).toEqual([]);
});
