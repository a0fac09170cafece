/** The demo's trees under a person's hands: messages and pauses must not make the script lose its place. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { SCRIPTED_MODEL, type ScriptedExchange, startScriptedModel } from "@/lib/models/scripted-model";
import { seenInCommits } from "@/tests/agents/commits";
import { logOf } from "@/tests/agents/scenario";
import { startTrial } from "@/tests/agents/trial";
import { makeRepositories } from "./repositories";
import { demoScript, liveTree } from "./script";

const person = ownerCalled("you");
const WAIT = "wait_for_subtasks";

test("messages and a pause at any point of the growing tree do not stop it from succeeding", async () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-demo-script-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const model = await startScriptedModel(demoScript({ paceMs: 0, hasSandbox: false }));
  onTestFinished(() => model.close());
  const trial = await startTrial({ env: { OLLAMA_BASE_URL: model.url, BANYAN_MODEL: SCRIPTED_MODEL } });
  onTestFinished(() => trial.close());
  const { commands, queries } = trial.runtime.application;
  await commands.setToolPolicy({ id: "edit_file", policy: "ask" }, person);
  const { id, root_task_id: root } = await trial.submit(liveTree(makeRepositories(folder)));
  const until = <T>(look: () => Promise<T | null>) => seenInCommits(trial.runtime.store.log, look);
  const edit = () => until(async () => (await queries.listReviews({ open: true })).items[0] ?? null);
  const waits = (count: number) =>
    until(async () => {
      const calls = (await logOf(trial, root)).filter(({ kind, tool }) => kind === "tool_call" && tool === WAIT);
      return calls.length === count || null;
    });

  const first = await edit();
  await commands.steer({ id: root, text: "Please also think of rounding." }, person);
  await waits(1);
  await commands.steer({ id: root, text: "And of refunds." }, person);
  await waits(2);
  await commands.pause({ id }, person);
  await commands.steer({ id: first.task_id, text: "Use integer cents only." }, person);
  await commands.resume({ id }, person);
  // The first approval was called off.
  const second = await until(async () => {
    const review = await edit();
    return review.id === first.id ? null : review;
  });
  await commands.decide({ id: second.id, decision: "approved", reason: "" }, person);

  const ended = await trial.ended(id);
  const work = (ended.tasks ?? []).filter(({ role }) => role === "work");
  expect(work.map(({ status, reason }) => [status, reason])).toEqual(Array(5).fill(["succeeded", null]));
  expect((await queries.getTask(root)).result).toContain("Carts take discount codes");
}, 120_000);

test("a message to a task that is being judged makes it end again with the same words", () => {
  const answer = demoScript({ paceMs: 0, hasSandbox: false });
  const { task: prompt = "" } = liveTree({ shop: "shop", invoices: "invoices" });
  const started = { tools: Array(4).fill("start_subtask"), told: ['{"task":"t1","status":"succeeded"}'] };
  const ending = { tools: ["end_task"], told: ['{"status":"not ended"}', "Please also think of rounding."] };
  const asked = (replies: ScriptedExchange[]) => answer({ agent: "worker", prompt, replies });
  expect(asked([started, ending])).toEqual(asked([started]));
  expect(asked([started]).calls).toMatchObject([{ name: "end_task", input: { status: "success" } }]);
});
