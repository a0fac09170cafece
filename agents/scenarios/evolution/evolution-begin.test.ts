/** Evolution: a cycle that cannot begin uses up no insight. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { standSentence } from "@/core/words/insights/evolve";
import { startGitServer } from "@/lib/git/testing/git-server";
import { evolving, hasEnded, repositoryWith } from "@/tests/agents/evolution/evolving";
import { tester } from "@/tests/agents/scenario";

const UNPRICED = "openai/unpriced";
/** Of no person's own machine; nothing is sent there. */
const elsewhere = { OPENAI_API_KEY: "test-key", OPENAI_BASE_URL: "https://gateway.example.org/v1" };
const noPrice = /openai\/unpriced has no price/;

test("a model without a price begins no run, and one that loses its price ends it: no insight is used up", async () => {
  const { folder } = repositoryWith(["alpha", "beta"]);
  const silent = [[{ fault: { type: "silent" as const } }]];
  const run = await evolving(folder, { deeds: { alpha: silent, beta: silent }, env: elsewhere });
  await expect(run.commands.evolveProject({ id: "shop", model: UNPRICED }, tester)).rejects.toThrow(noPrice);
  await run.commands.setModel({ id: UNPRICED, cost: { input: 1, output: 1 } }, tester);
  await run.commands.evolveProject({ id: "shop", cycles: 5, model: UNPRICED }, tester);
  await run.commands.removeModel({ id: UNPRICED }, tester);
  const refused = await run.until(hasEnded, "the run has ended");
  expect(refused).toMatchObject({ runs: [{ fault: "begin", sentence: expect.stringMatching(noPrice) }], cycles: [] });
  expect(standSentence(refused)).toMatch(/^The last run failed\. /);
  const { items } = await run.queries.listInsights("shop");
  expect(items.map(({ state }) => state)).toEqual(["open", "open"]);
  expect(refused).toMatchObject({ next: { kind: "untyped" }, hold: null });
  await run.commands.evolveProject({ id: "shop", cycles: 5 }, tester);
  const { cycles } = await run.until((now) => now.cycles[0]?.tree != null, "a cycle of the next run works");
  expect(cycles).toMatchObject([{ state: "working", insight: { id: refused.next?.id } }]);
  expect(run.trial.faults).toEqual([]);
});

/** Serves a repository with one insight, so that its trees begin with a clone. */
async function servedShop() {
  const { git, folder } = repositoryWith(["sum"]);
  const served = mkdtempSync(join(tmpdir(), "banyan-served-"));
  git("clone", "-q", "--bare", folder, join(served, "shop.git"));
  const server = await startGitServer(served);
  onTestFinished(async () => {
    await server.close();
    rmSync(served, { recursive: true, force: true });
  });
  return server;
}

/** Begins a run whose cycle waits to begin, because copying its repository needs the sandbox, which is off. */
async function waitingRun(now: () => number) {
  const server = await servedShop();
  const run = await evolving(`http://${server.host}/shop.git`, {
    deeds: { sum: [[{ fault: { type: "silent" } }]] },
    check: "test -f LICENSE",
    env: { BANYAN_PRIVATE_HOSTS: server.host },
    runtime: { now },
  });
  const { sandbox } = run.trial.runtime;
  const { status } = sandbox;
  sandbox.status = async () => ({ available: false, reason: "There is none." });
  await run.commands.evolveProject({ id: "shop" }, tester);
  const waiting = await run.until((now) => now.cycles[0]?.why != null, "its cycle says why it does not begin");
  const turnSandboxOn = () => {
    sandbox.status = status;
  };
  return { run, waiting, turnSandboxOn };
}

test("a stop of a cycle that waits to begin promises no tree that stops", async () => {
  const { run } = await waitingRun(Date.now);
  expect((await run.commands.stopEvolution({ id: "shop" }, tester)).sentence).toBe(
    "Stopped the evolution of shop. Nothing was working. Changes that wait for a person still wait.",
  );
});

test("while the sandbox is off a cycle says why it does not begin, and after 20 minutes its run ends: no insight is used up", async () => {
  let nowMs = Date.now();
  const { run, waiting, turnSandboxOn } = await waitingRun(() => nowMs);
  const why = "Copying a repository needs the sandbox, which is off: There is none.";
  expect(waiting.cycles).toMatchObject([{ state: "working", tree: null, why }]);
  expect(standSentence(waiting)).toContain(`A cycle waits to begin: ${why}`);
  const ended = await run.until((now) => {
    nowMs += 60_000;
    return hasEnded(now);
  }, "the run has ended");
  expect(ended).toMatchObject({
    runs: [{ fault: "begin", sentence: `A cycle could not begin: ${why}` }],
    cycles: [],
  });
  expect((await run.queries.listInsights("shop")).items[0]).toMatchObject({ state: "open" });
  await run.commands.evolveProject({ id: "shop" }, tester);
  await run.until((now) => now.cycles[0]?.why != null, "the next cycle says why it does not begin");
  turnSandboxOn();
  nowMs += 30_000;
  const begun = await run.until((now) => now.cycles[0]?.why === null && now.cycles[0].tree !== null, "its tree works");
  expect(begun.cycles).toMatchObject([{ state: "working", tries: 1 }]);
  expect(run.trial.faults).toEqual([]);
});

test("a stop waits for no clone: the cycle stays claimed, and its tree begins at the next start", async () => {
  const server = await servedShop();
  const run = await evolving(`http://${server.host}/shop.git`, {
    check: "test -f LICENSE",
    env: { BANYAN_PRIVATE_HOSTS: server.host },
  });
  const isCopying = new Promise<void>((resolve) => {
    run.trial.runtime.sandbox.status = () => {
      resolve();
      return new Promise(() => {});
    };
  });
  await run.commands.evolveProject({ id: "shop" }, tester);
  await isCopying;
  await run.trial.worker?.stop(1);
  expect(await run.now()).toMatchObject({ runs: [{ fault: null }], cycles: [{ state: "working", tree: null }] });
  expect(run.trial.faults).toEqual([]);
}, 60_000);
