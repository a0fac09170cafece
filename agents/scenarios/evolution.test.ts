/** Evolution: the best insight becomes a change that the host has judged, and a person accepts or rejects it. */
import { expect, test } from "vitest";
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
  const { branch } = await run.commands.acceptCycle({ id: "shop", cycle: cycle?.id ?? "" }, tester);
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
