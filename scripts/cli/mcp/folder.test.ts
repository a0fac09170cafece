/** The decision about a client's folder, when calls come at the same time. */
import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { ownerCalled } from "@/core/rules/roles";
import { readContext } from "@/scripts/cli/context/context";
import { dataFolder } from "@/scripts/testing/command-line";
import { gate } from "@/tests/agents/scenario";
import { startTrial } from "@/tests/agents/trial";
import { clientFolder } from "./folder";
import { tokenOf } from "./token";

const YES = { action: "accept", content: { allow: true } };
const NO = { action: "decline" };

/** A client's folder, and a token for which each access waits until the gate is open. */
async function client(place = "") {
  const trial = await startTrial({ work: false });
  onTestFinished(() => trial.close());
  const { queries, commands } = guarded(trial.runtime.application, ownerCalled("anna"));
  const kept = await tokenOf({ queries, commands }, trial.dataDir, "operator", "mcp");
  const shop = place ? join(realpathSync(trial.dataDir), place) : realpathSync(dataFolder());
  mkdirSync(shop, { recursive: true });
  const slow = gate();
  const token = async () => {
    await slow.opened;
    return kept;
  };
  const context = { ...readContext({ data: trial.dataDir }), cwd: shop };
  const folder = clientFolder(context, { role: "operator", token, given: [] });
  const named = { arguments: { task: "Paint", workspace: shop } };
  const call = { jsonrpc: "2.0" as const, id: 1, method: "tools/call", params: { name: "run_task", ...named } };
  const allowed = async () => (await queries.listTokens()).find(({ id }) => id === kept.id)?.folders;
  return { shop, folder, call, slow, allowed };
}

test("calls at the same time ask the person once, and all wait for the answer", async () => {
  const { shop, folder, call, slow, allowed } = await client();
  const asked: string[] = [];
  const answer = gate();
  const ask = async ({ params }: { params: { message: string } }) => {
    asked.push(params.message);
    await answer.opened;
    return YES;
  };
  const passed: unknown[] = [];
  const calls = [1, 2, 3].map(async () => {
    expect(await folder.questionFor(call, ask)).toBeNull();
    passed.push(await allowed());
  });
  slow.open();
  await expect.poll(() => asked).toEqual([expect.stringContaining(`work in ${shop} for this client`)]);
  expect(passed).toEqual([]);
  answer.open();
  await Promise.all(calls);
  expect(passed).toEqual([[shop], [shop], [shop]]);
  expect(asked).toHaveLength(1);
});

test("a no counts for all calls that waited for it", async () => {
  const { folder, call, slow, allowed } = await client();
  let asked = 0;
  const ask = async () => {
    asked += 1;
    return NO;
  };
  slow.open();
  expect(await Promise.all([folder.questionFor(call, ask), folder.questionFor(call, ask)])).toEqual([null, null]);
  expect([asked, await allowed()]).toEqual([1, []]);
});

test("when the call that asks ends without an answer, the next one asks", async () => {
  const { shop, folder, call, slow, allowed } = await client();
  const [first, second] = [
    folder.questionFor(call, () => Promise.reject(new Error("cancelled"))),
    folder.questionFor(call, async () => YES),
  ];
  slow.open();
  await expect(first).rejects.toThrow("cancelled");
  expect([await second, await allowed()]).toEqual([null, [shop]]);
});

test("a call that comes just after a yes is passed on when the folder is open, and a slower look asks nobody again", async () => {
  const { shop, folder, call, slow, allowed } = await client();
  const looking = folder.questionFor(call);
  const order: string[] = [];
  const answered = folder.answered(YES).then(() => order.push("allowed"));
  const next = folder.questionFor(call).then((question) => order.push(question ? "asked" : "passed"));
  slow.open();
  await Promise.all([answered, next]);
  expect(order).toEqual(["allowed", "passed"]);
  expect(await allowed()).toEqual([shop]);
  // It was asked before the answer came.
  expect(await looking).toBeNull();
  expect(await folder.questionFor(call)).toBeNull();
});

test("of a folder that cannot be allowed, the person is asked once: the call that asked says why", async () => {
  const { folder, call, slow } = await client("inside");
  slow.open();
  await expect(folder.questionFor(call, async () => YES)).rejects.toThrow("is in Banyan's own data folder");
  expect(await folder.questionFor(call)).toBeNull();
});
