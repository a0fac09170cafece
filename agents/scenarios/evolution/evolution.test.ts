/** Evolution: the best insight becomes a change that the host has judged, and a person accepts or rejects it. */
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { UserError } from "@/agents/application";
import { guarded } from "@/agents/guard/guard";
import { standSentence } from "@/core/words/insights/evolve";
import { startGitServer } from "@/lib/git/testing/git-server";
import { evolving, good, hasEnded, lying, repositoryWith, typed } from "@/tests/agents/evolution/evolving";
import { tester } from "@/tests/agents/scenario";

test("a run looks, deals with the best insight, and its change becomes a branch of the folder when a person accepts it", async () => {
  const { folder, git } = repositoryWith(["sum"]);
  const run = await evolving(folder, { deeds: { sum: good("sum") } });
  expect(await run.now()).toMatchObject({ change: "branch", hold: { code: "not_looked" }, runs: [], cycles: [] });
  expect((await run.commands.evolveProject({ id: "shop" }, tester)).sentence).toBe(
    "Looking at shop, then at most 1 cycle.",
  );
  const ended = await run.until(hasEnded, "the run has ended");
  expect(ended.runs).toMatchObject([{ cycles: 1, sentence: "It has begun 1 cycle, as many as were asked for." }]);
  const [cycle] = ended.cycles;
  expect(cycle).toMatchObject({ state: "open", tries: 1, refusals: [], change: null, insight: { path: "src/sum.ts" } });
  expect((await run.queries.listInsights("shop")).items[0]).toMatchObject({ state: "planned" });
  const accept = () => run.commands.acceptCycle({ id: "shop", cycle: cycle?.id ?? "" }, tester);
  const { branch } = await accept();
  // As after a kill between the branch and the record of it: the same press makes no second branch.
  const { evolutions } = run.trial.runtime.store;
  const settled = evolutions.cycle(cycle?.id ?? "");
  if (settled) await evolutions.change(settled, { state: "open" });
  expect((await accept()).branch).toBe(branch);
  expect(git("branch", "--list", `${branch}*`).trim()).toBe(branch);
  expect(git("show", `${branch}:src/sum.ts`)).toBe(typed("sum"));
  expect(git("status", "--porcelain")).toBe("");
  const accepted = await run.now();
  expect(accepted).toMatchObject({
    cycles: [{ state: "accepted", change: { kind: "branch", name: branch } }],
    rejections: 0,
  });
  expect((await run.queries.listInsights("shop")).items[0]).toMatchObject({ state: "done", by: "tester" });
  expect(run.trial.faults).toEqual([]);
});

test("the change of a project at an address without a forge becomes a branch of the folder that a person names", async () => {
  const { folder, git } = repositoryWith(["sum"]);
  const served = mkdtempSync(join(tmpdir(), "banyan-served-"));
  git("clone", "-q", "--bare", folder, join(served, "shop.git"));
  const server = await startGitServer(served);
  onTestFinished(async () => {
    await server.close();
    rmSync(served, { recursive: true, force: true });
  });
  const address = `http://${server.host}/shop.git`;
  const env = { BANYAN_PRIVATE_HOSTS: server.host };
  const run = await evolving(address, { deeds: { sum: good("sum") }, check: "test -f LICENSE", env });
  await run.commands.evolveProject({ id: "shop" }, tester);
  const { cycles } = await run.until(hasEnded, "the run has ended");
  expect(cycles).toMatchObject([{ state: "open", tries: 1, change: null }]);
  expect(await run.now()).toMatchObject({ change: "branch", folder: null, forge: null });
  const cycle = cycles[0]?.id ?? "";
  const accept = (repository?: string, actor = tester) => {
    const given = { id: "shop", cycle, branch: "typed", ...(repository !== undefined && { repository }) };
    return guarded(run.trial.runtime.application, actor).commands.acceptCycle(given);
  };
  const refused = async (given: Promise<unknown>) => {
    const { issues } = (await given.catch((error: unknown) => error)) as UserError;
    return issues?.map(({ path, message }) => [path, message]);
  };
  const without = `The project shop has no folder on the server: name a folder with a clone of ${address}, in which the branch is created.`;
  expect(await refused(accept())).toEqual([[["repository"], without]]);
  expect(await refused(accept(" "))).toEqual([[["repository"], without]]);
  expect(await refused(accept("shop"))).toMatchObject([[["repository"], expect.stringContaining("absolute path")]]);
  const ann = { id: "user:ann", name: "ann", role: "operator" } as const;
  expect(await refused(accept(folder, ann))).toMatchObject([
    [["repository"], expect.stringContaining("BANYAN_WORKSPACE_ROOTS")],
  ]);
  expect((await run.now()).cycles).toMatchObject([{ state: "open" }]);
  expect((await accept(folder)).branch).toBe("typed");
  expect(git("show", "typed:src/sum.ts")).toBe(typed("sum"));
  expect(git("status", "--porcelain")).toBe("");
  expect((await run.now()).cycles).toMatchObject([
    { state: "accepted", why: `The branch is in ${folder}.`, change: { kind: "branch", name: "typed" } },
  ]);
  expect(run.trial.faults).toEqual([]);
});

test("a lying agent gets three tries, each with what the host found, and its insight gets no second cycle", async () => {
  const { folder } = repositoryWith(["sum"]);
  const run = await evolving(folder, { deeds: { sum: lying("sum") } });
  await run.commands.evolveProject({ id: "shop", cycles: 5 }, tester);
  const ended = await run.until(hasEnded, "the run has ended");
  expect(ended.cycles).toMatchObject([{ state: "failed", tries: 3, why: "None of 3 tries passed." }]);
  expect(ended.cycles[0]?.refusals).toHaveLength(3);
  for (const refusal of ended.cycles[0]?.refusals ?? [])
    expect(refusal).toContain("A look at the files still finds it");
  expect(ended.runs[0]).toMatchObject({
    cycles: 1,
    sentence: "No insight is left that the rules allow and no cycle has tried.",
  });
  expect((await run.queries.listInsights("shop")).items[0]).toMatchObject({ state: "open" });
});

test("what people reject is dismissed with their reason, and after as many rejections as the rules say it stops", async () => {
  const { folder } = repositoryWith(["alpha", "beta", "gamma"]);
  const deeds = { alpha: good("alpha"), beta: good("beta"), gamma: good("gamma") };
  const run = await evolving(folder, { deeds });
  await run.commands.setEvolution({ id: "shop", stop_after: 2, most_open: 2 }, tester);
  await run.commands.evolveProject({ id: "shop", cycles: 9 }, tester);
  const full = await run.until(hasEnded, "the run has ended");
  expect(full.runs[0]?.sentence).toBe("2 changes wait for a person, as many as the rules allow.");
  for (const { id } of full.cycles)
    await run.commands.rejectCycle({ id: "shop", cycle: id, reason: "Not now" }, tester);
  const stopped = await run.now();
  expect(stopped).toMatchObject({
    rejections: 2,
    stopped: { by: null, why: "People have rejected 2 changes in a row, so it stopped." },
    hold: { code: "stopped" },
  });
  const { items } = await run.queries.listInsights("shop", { state: "dismissed" });
  expect(items.map(({ reason, by }) => [reason, by])).toEqual([
    ["Not now", "tester"],
    ["Not now", "tester"],
  ]);
  await expect(run.commands.evolveProject({ id: "shop" }, tester)).rejects.toThrow(
    "It is stopped: a person resumes it.",
  );
  await run.commands.resumeEvolution({ id: "shop" }, tester);
  expect(await run.now()).toMatchObject({ rejections: 0, stopped: null, next: { kind: "untyped" } });
});

test("an insight that somebody dismissed and a person chooses is planned, and no longer dismissed", async () => {
  const { folder } = repositoryWith(["sum"]);
  const run = await evolving(folder, { deeds: { sum: [[{ fault: { type: "silent" } }]] } });
  await run.commands.lookForInsights({ id: "shop" }, tester);
  const [{ id: insight = "" } = {}] = (await run.queries.listInsights("shop")).items;
  await run.commands.dismissInsight({ id: "shop", insight, reason: "Not now" }, tester);
  await run.commands.evolveProject({ id: "shop", insight }, tester);
  await run.until((now) => now.cycles[0]?.tree != null, "its tree works");
  const shown = async () => (await run.queries.listInsights("shop")).items[0];
  expect(await shown()).toMatchObject({ id: insight, state: "planned", reason: null, by: null });
  await run.commands.stopEvolution({ id: "shop" }, tester);
  expect(await shown()).toMatchObject({ state: "open", reason: null });
});

test("a person's stop ends the working tree and the run at once", async () => {
  const { folder } = repositoryWith(["sum"]);
  const run = await evolving(folder, { deeds: { sum: [[{ fault: { type: "silent" } }]] } });
  await run.commands.evolveProject({ id: "shop", cycles: 3 }, tester);
  await run.until(({ cycles }) => cycles[0]?.tree !== null && cycles.length === 1, "its tree works");
  const { sentence } = await run.commands.stopEvolution({ id: "shop" }, tester);
  expect(sentence).toBe("Stopped the evolution of shop. Stopping 1 tree. Changes that wait for a person still wait.");
  const stopped = await run.now();
  expect(stopped).toMatchObject({
    stopped: { by: "tester" },
    runs: [{ state: "ended" }],
    cycles: [{ state: "stopped" }],
  });
  const tree = await run.trial.ended(stopped.cycles[0]?.tree ?? "");
  expect(tree.status).toBe("stopped");
  await expect(run.commands.stopEvolution({ id: "shop" }, tester)).rejects.toThrow("The evolution is stopped already.");
});

test("overnight a schedule brings three improvements that a person accepts in the morning, and what holds it back later is no fault", async () => {
  let nowMs = Date.UTC(2027, 0, 4, 23, 30);
  const names = ["alpha", "beta", "gamma"];
  const { folder, git } = repositoryWith(names);
  const deeds = Object.fromEntries(names.map((name) => [name, good(name)]));
  const run = await evolving(folder, { deeds, runtime: { now: () => nowMs } });
  const submission = { task: "Evolve shop", project: "shop", evolve: { cycles: 5 } };
  const nine = { cron: "0 2 * * *", zone: "UTC" };
  await expect(
    run.commands.addSchedule({ ...nine, submission: { ...submission, agent: "coder" } }, tester),
  ).rejects.toThrow("A schedule of an evolution names its project, the number of cycles, a model and parts of a goal");
  await expect(
    run.commands.addSchedule({ ...nine, submission: { ...submission, goal: { scope: ["**"] } } }, tester),
  ).rejects.toThrow("The rules of an evolution and its project fix `scope`. Of a goal it takes executor, criteria,");
  await expect(
    run.commands.addSchedule({ ...nine, submission: { ...submission, goal: { executor: "nobody" } } }, tester),
  ).rejects.toThrow("nobody");
  await expect(
    run.commands.addSchedule({ ...nine, submission: { ...submission, project: "shoe" } }, tester),
  ).rejects.toThrow('There is no project "shoe"');
  const goal = { criteria: [{ statement: "The licence stays", command: "test -f LICENSE" }], protect: ["LICENSE"] };
  const { id } = await run.commands.addSchedule({ ...nine, submission: { ...submission, goal } }, tester);
  nowMs = Date.UTC(2027, 0, 5, 2, 0, 1);
  await run.trial.worker?.schedules.check();
  const ended = await run.until(hasEnded, "the run has ended");
  const schedulesIn = async (action: string) =>
    (await run.queries.listAudit({ action })).items.map(({ detail }) => JSON.parse(detail).schedule);
  expect(await schedulesIn("evolveProject")).toEqual([expect.any(String)]);
  // Its trees are those of the run.
  expect(await schedulesIn("submitTree")).toEqual([undefined, undefined, undefined]);
  expect(ended.runs).toMatchObject([{ cause: "schedule", by: "tester", cycles: 3, cycles_max: 5 }]);
  // What the person said of the work stands beside the insight; rounds and scope stay those of an evolution.
  const goalOf = async (tree: string | null) => run.queries.getGoal(tree ?? "");
  expect(await goalOf(ended.cycles[0]?.tree ?? null)).toMatchObject({
    criteria: [{ evidence: "It holds." }, { statement: "The licence stays", command: "test -f LICENSE", met: true }],
    protect: ["LICENSE"],
    iterations_max: 1,
  });
  nowMs = Date.UTC(2027, 0, 5, 8, 0);
  for (const { id: cycle, insight } of ended.cycles) {
    const { branch } = await run.commands.acceptCycle({ id: "shop", cycle }, tester);
    const name = insight.path.slice("src/".length, -".ts".length);
    expect(git("show", `${branch}:${insight.path}`)).toBe(typed(name));
  }
  expect((await run.now()).cycles.map(({ state }) => state)).toEqual(["accepted", "accepted", "accepted"]);
  expect(await run.queries.getSchedule(id)).toMatchObject({
    runs: [{ outcome: "begun", tree: null, evolution: { project: "shop", state: "ended" } }],
  });
  await run.commands.stopEvolution({ id: "shop" }, tester);
  nowMs = Date.UTC(2027, 0, 6, 2, 0, 1);
  await run.trial.worker?.schedules.check();
  expect(await run.queries.getSchedule(id)).toMatchObject({
    paused: null,
    runs: [{ outcome: "skipped", sentence: "It is stopped: a person resumes it." }, {}],
  });
  expect((await run.now()).runs).toHaveLength(1);
});

test("a tree that was being created when a person stopped the evolution is stopped when it is there, and a kill in the middle of the stop changes nothing", async () => {
  const { folder } = repositoryWith(["sum"]);
  const run = await evolving(folder, { deeds: { sum: [[{ fault: { type: "silent" } }]] } });
  const { evolutions } = run.trial.runtime.store;
  await run.commands.evolveProject({ id: "shop" }, tester);
  const { cycles } = await run.until((now) => now.cycles[0]?.tree != null, "its tree works");
  const [{ id = "", tree = null } = {}] = cycles;
  // As it would be after a kill between the stop and the rest, of a tree that came after it.
  const { rules } = await run.now();
  await evolutions.stop("shop", { by: "tester", why: "tester stopped it.", rules });
  const cycle = evolutions.cycle(id);
  if (cycle) await evolutions.change(cycle, { begunAtMs: null });
  await run.until((now) => now.cycles[0]?.state === "stopped", "its cycle is stopped");
  expect((await run.trial.ended(tree ?? "")).status).toBe("stopped");
  expect(evolutions.orphans()).toEqual([]);
  expect((await run.queries.listInsights("shop")).items[0]).toMatchObject({ state: "open" });
});

test("a run says by a code what it failed at: its look, or the rights of the person who began it", async () => {
  const { folder, git } = repositoryWith(["sum"]);
  const run = await evolving(folder, {});
  const { people } = run.trial.runtime.store;
  const name = "ann@example.org";
  await people.admit({ uid: name, email: name, name, isFirst: false });
  await run.commands.evolveProject({ id: "shop" }, { id: `user:${name}`, name, role: "admin" });
  await people.setRole(name, "viewer", "tester");
  expect(await run.until(hasEnded, "the run has ended")).toMatchObject({
    runs: [
      {
        state: "ended",
        fault: "rights",
        sentence: `${name} is viewer now, and starting tasks needs operator.`,
        cycles: 0,
      },
    ],
  });
  git("branch", "-q", "-m", "other");
  await run.commands.changeProject({ id: "shop", branch: "main" }, tester);
  await run.commands.evolveProject({ id: "shop" }, tester);
  const failed = await run.until(hasEnded, "the run has ended");
  expect(failed.runs).toMatchObject([
    { state: "ended", fault: "look", sentence: expect.stringMatching(/^The look for insights failed: /), cycles: 0 },
    { fault: "rights" },
  ]);
  expect(standSentence(failed)).toMatch(/^The last run failed\. /);
  git("branch", "-q", "-m", "main");
  await run.commands.setEvolution({ id: "shop", least_score: 1 }, tester);
  await run.commands.evolveProject({ id: "shop" }, tester);
  const ended = await run.until(hasEnded, "the run has ended");
  expect(ended.runs[0]).toMatchObject({ state: "ended", fault: null, cycles: 0 });
  expect(standSentence(ended)).not.toContain("failed");
  expect(run.trial.faults).toEqual([]);
});

test("two people who decide at once: one is told that the other was quicker", async () => {
  const { folder } = repositoryWith(["sum"]);
  const run = await evolving(folder, { deeds: { sum: good("sum") } });
  await run.commands.evolveProject({ id: "shop" }, tester);
  const { cycles } = await run.until(hasEnded, "the run has ended");
  const cycle = cycles[0]?.id ?? "";
  const decided = await Promise.allSettled([
    run.commands.rejectCycle({ id: "shop", cycle, reason: "No" }, tester),
    run.commands.rejectCycle({ id: "shop", cycle, reason: "Not now" }, tester),
  ]);
  expect(decided.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect((await run.now()).rejections).toBe(1);
  await expect(run.commands.acceptCycle({ id: "shop", cycle }, tester)).rejects.toThrow(
    "The cycle is rejected: only a change that waits can be decided.",
  );
});

test("a change whose tree works on after it was judged is not accepted: its cycle works again, to be judged anew", async () => {
  const { folder, git } = repositoryWith(["sum"]);
  const run = await evolving(folder, { deeds: { sum: [...good("sum"), [{ fault: { type: "silent" } }]] } });
  await run.commands.evolveProject({ id: "shop" }, tester);
  const { cycles } = await run.until(hasEnded, "the run has ended");
  const [{ id: cycle = "", tree = null } = {}] = cycles;
  expect(cycles).toMatchObject([{ state: "open" }]);
  await run.commands.continueTask({ id: tree ?? "", text: "Go on with src/sum.ts." }, tester);
  const accept = () => run.commands.acceptCycle({ id: "shop", cycle }, tester);
  await expect(accept()).rejects.toThrow("The tree of this cycle has worked on since its files were judged. They are");
  expect((await run.now()).cycles).toMatchObject([{ state: "working", tries: 1 }]);
  expect(git("branch", "--list")).toBe("* main\n");
});

test("a cycle that cannot be judged for want of its repository fails and says why", async () => {
  let nowMs = Date.UTC(2027, 0, 4);
  const { folder } = repositoryWith(["sum"]);
  const run = await evolving(folder, { deeds: { sum: good("sum") }, runtime: { now: () => nowMs } });
  await run.commands.evolveProject({ id: "shop" }, tester);
  const { cycles } = await run.until((now) => now.cycles[0]?.tree != null, "its tree works");
  renameSync(join(folder, ".git"), join(folder, ".gone"));
  await run.trial.ended(cycles[0]?.tree ?? "");
  const failed = await run.until((now) => {
    nowMs += 60_000;
    return now.cycles[0]?.state === "failed";
  }, "the cycle has failed");
  expect(failed.cycles[0]?.why).toContain(`It could not be judged: ${folder} is no git repository`);
  expect((await run.queries.listInsights("shop")).items[0]).toMatchObject({ state: "open" });
  expect(run.trial.faults).toEqual([]);
});

test("a change whose tree was deleted waits for nobody: its cycle fails, and the next one begins", async () => {
  const { folder } = repositoryWith(["alpha", "beta"]);
  const run = await evolving(folder, { deeds: { alpha: good("alpha"), beta: good("beta") } });
  await run.commands.setEvolution({ id: "shop", most_open: 1 }, tester);
  await run.commands.evolveProject({ id: "shop", cycles: 2 }, tester);
  const { cycles } = await run.until(hasEnded, "the run has ended");
  expect(cycles).toMatchObject([{ state: "open" }]);
  const tree = cycles[0]?.tree ?? "";
  await run.trial.ended(tree);
  await run.commands.deleteTree({ id: tree }, tester);
  const failed = await run.until((now) => now.cycles[0]?.state === "failed", "the cycle has failed");
  expect(failed).toMatchObject({ cycles: [{ why: "Its tree was deleted." }], hold: null });
  await run.commands.evolveProject({ id: "shop" }, tester);
  const next = await run.until(hasEnded, "the next run has ended");
  expect(next.cycles.map(({ state }) => state).toSorted()).toEqual(["failed", "open"]);
  expect(run.trial.faults).toEqual([]);
});
