/** Evolution of Banyan itself: a cycle's change is a proposal, and the decision about it in Review settles the cycle. */
import { expect, onTestFinished, test } from "vitest";
import type { EvolutionOfProject } from "@/core/shapes/evolution";
import { standSentence } from "@/core/words/insights/evolve";
import { evolving, hasEnded, typed, untyped } from "@/tests/agents/evolution/evolving";
import { agentScript, type Reply } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { tester } from "@/tests/agents/scenario";
import { copiedSource } from "../../self/testing/copied-source";

const SELF = "banyan:self";

/** Starts an evolution of a small source with one insight, which agents deal with by these calls. */
async function evolvingSelf(replies: Reply[]) {
  const { checkout, put, git, end } = copiedSource();
  onTestFinished(end);
  put(checkout, "LICENSE", "MIT");
  put(checkout, "src/sum.ts", untyped("sum"));
  put(checkout, "src/all.test.ts", 'import { sum } from "./sum";\nsum([]);\n');
  git(checkout, "add", "-A");
  git(checkout, "commit", "-q", "-m", "Second");
  const script = agentScript({
    banyan_developer: ({ turn }) => replies[turn] ?? endTask("Nothing is left to do."),
    task_evaluator: () => endTask('{"outcome":"pass","reasons":["It holds."]}'),
    "*": endTask("Noted."),
  });
  const run = await evolving(SELF, { script, runtime: { source: checkout } });
  return { ...run, store: run.trial.runtime.store };
}

const write = (content: string) => call("write_file", { path: "src/sum.ts", content });
const CHECK = call("check_change", {});
const PROPOSE = call("propose_change", {
  title: "The values of a sum are numbers",
  why: "The type any stands in src/sum.ts, so a text can be counted as a number and nobody is told.",
  expects: { metric: "uses of any", direction: "down", amount: "1", measured: "look for insights after a week" },
});

const isOpen = ({ cycles }: EvolutionOfProject) => cycles[0]?.state === "open" && cycles[0].change !== null;

test("a cycle of Banyan proposes its change, which waits in Review, and an approval accepts it", async () => {
  const run = await evolvingSelf([write(typed("sum")), CHECK, PROPOSE, endTask("Proposed.")]);
  const { commands, queries } = run;
  expect(await run.now()).toMatchObject({ change: "proposal", hold: { code: "not_looked" } });
  await commands.setEvolution({ id: "shop", paths: ["src/**"] }, tester);
  await commands.evolveProject({ id: "shop" }, tester);
  const open = await run.until(isOpen, "its proposal is open");
  const [cycle] = open.cycles;
  const change = cycle?.change;
  expect(cycle).toMatchObject({ insight: { kind: "untyped", path: "src/sum.ts" }, refusals: [] });
  const { root_task_id: root } = await queries.getTree(cycle?.tree ?? "");
  expect((await queries.getTask(root)).instruction).toContain(
    "Change only files that match src/**. When the change is finished, judge it with check_change",
  );
  expect(await queries.getReview(change?.name ?? "")).toMatchObject({ kind: "proposal", status: "open" });
  expect((await run.until(hasEnded, "the run has ended")).runs).toMatchObject([{ cycles: 1 }]);
  expect((await queries.listInsights("shop")).items[0]).toMatchObject({ state: "planned" });
  await expect(commands.acceptCycle({ id: "shop", cycle: cycle?.id ?? "" }, tester)).rejects.toThrow(
    "This change is decided in Review, where its proposal is.",
  );
  await commands.decide({ id: change?.name ?? "", decision: "approved", reason: "" }, tester);
  const accepted = await run.until(({ cycles }) => cycles[0]?.state === "accepted", "it is accepted");
  expect(accepted).toMatchObject({ rejections: 0, cycles: [{ change }] });
  expect((await run.trial.ended(cycle?.tree ?? "")).status).toBe("succeeded");
  expect((await queries.listInsights("shop")).items[0]).toMatchObject({ state: "done", by: "tester" });
  expect(run.trial.faults).toEqual([]);
}, 120_000);

test("a rejected proposal may be mended; when its tree ends without an approval, the cycle is rejected and counts", async () => {
  const again = [write(`${typed("sum")}// Numbers.\n`), CHECK, PROPOSE];
  const run = await evolvingSelf([write(typed("sum")), CHECK, PROPOSE, ...again, endTask("Nobody wants it.")]);
  const { commands, queries } = run;
  await commands.setEvolution({ id: "shop", stop_after: 1 }, tester);
  await commands.evolveProject({ id: "shop" }, tester);
  const { cycles } = await run.until(isOpen, "its proposal is open");
  const first = cycles[0]?.change?.name ?? "";
  await commands.decide({ id: first, decision: "rejected", reason: "Say what they are." }, tester);
  const isNext = (now: EvolutionOfProject) => isOpen(now) && now.cycles[0]?.change?.name !== first;
  const mended = await run.until(isNext, "another proposal is open");
  expect(mended).toMatchObject({ rejections: 0, stopped: null });
  const second = mended.cycles[0]?.change?.name ?? "";
  await commands.decide({ id: second, decision: "rejected", reason: "" }, tester);
  const why = "tester rejected it: without a reason";
  expect(await run.until((now) => now.cycles[0]?.state === "rejected", "it is rejected")).toMatchObject({
    rejections: 1,
    cycles: [{ why, change: { kind: "proposal", name: second } }],
    stopped: { by: null, why: "People have rejected 1 change in a row, so it stopped." },
    hold: { code: "stopped" },
  });
  expect((await queries.listInsights("shop", { state: "dismissed" })).items).toMatchObject([
    { reason: why, by: "tester" },
  ]);
  expect(run.trial.faults).toEqual([]);
}, 120_000);

test("after a person has stopped the evolution, a rejected proposal is not mended: its tree is stopped", async () => {
  const run = await evolvingSelf([write(typed("sum")), CHECK, PROPOSE, { fault: { type: "silent" } }]);
  const { commands } = run;
  await commands.evolveProject({ id: "shop" }, tester);
  const { cycles } = await run.until(isOpen, "its proposal is open");
  const [{ tree = null, change = null } = {}] = cycles;
  expect((await commands.stopEvolution({ id: "shop" }, tester)).sentence).toContain("Nothing was working.");
  await commands.decide({ id: change?.name ?? "", decision: "rejected", reason: "Not now." }, tester);
  const rejected = await run.until((now) => now.cycles[0]?.state === "rejected", "it is rejected");
  expect(rejected).toMatchObject({ rejections: 1, cycles: [{ why: "tester rejected it: Not now." }] });
  expect((await run.trial.ended(tree ?? "")).status).toBe("stopped");
}, 120_000);

test("while changes of Banyan by agents are switched off no cycle begins, and it is said why", async () => {
  const run = await evolvingSelf([]);
  const { commands } = run;
  const off = 'Changes of Banyan by agents are switched off: "banyan self" says why.';
  await commands.evolveProject({ id: "shop" }, tester);
  await commands.switchSelfOff({ reason: "It is odd" }, tester);
  const ended = await run.until(hasEnded, "the run has ended");
  expect(ended).toMatchObject({ cycles: [], runs: [{ cycles: 0, sentence: off }], hold: { code: "switched_off" } });
  expect(standSentence(ended)).toBe(`${off} Today’s cycles cost $0.00 of $10.00.`);
  await expect(commands.evolveProject({ id: "shop" }, tester)).rejects.toThrow(off);
  await commands.switchSelfOn({}, tester);
  expect(await run.now()).toMatchObject({ hold: null, next: { kind: "untyped" } });
  expect(run.trial.faults).toEqual([]);
}, 120_000);
