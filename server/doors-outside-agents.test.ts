/** One Banyan asks the agents of another by A2A: discovered, added, asked, answered, refused, stopped. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask, passed } from "@/tests/agents/replies";
import { gate, logOf, responsesOf, taskScript, until } from "@/tests/agents/scenario";
import { startTrial, type Trial, type TrialOptions } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";
import { a2aClient, said, sendTo } from "./testing/a2a-client";
import { type Doors, startDoors } from "./testing/doors";

const PATIENT = { timeout: 120_000 };
const tester = ownerCalled("ann");
const SCANNER = {
  security_scanner: [endTask("1 fault: high. SQL in find.ts:3.")],
  test_generator: [call("ask", { question: "Which runner?" }), endTask("Wrote half.test.ts.")],
  task_evaluator: [passed()],
  "*": [endTask("noted")],
};

/** Starts the Banyan that asks. Its agent `worker` may use the other's skills. */
async function startAsking(other: Doors, script: Parameters<typeof taskScript>[0], more: TrialOptions = {}) {
  const config = mkdtempSync(path.join(tmpdir(), "banyan-config-"));
  onTestFinished(() => rmSync(config, { recursive: true, force: true }));
  const { host } = new URL(other.server.url);
  const env = {
    BANYAN_KEY_FILE: path.join(config, "keys.json"),
    BANYAN_PRIVATE_HOSTS: host,
    BANYAN_ALLOWED_HOSTS: host,
  };
  const trial = await startTrial({ ...more, script: taskScript(script), env });
  onTestFinished(() => trial.close());
  return trial;
}

async function add(trial: Trial, other: Doors, more: Record<string, unknown> = {}) {
  const { commands, queries } = trial.runtime.application;
  const preview = await queries.previewOutsideAgent(other.server.url);
  const { authorization } = await other.token("operator");
  const done = await commands.saveOutsideAgent(
    {
      name: "other",
      url: other.server.url,
      card: preview.card,
      skills: ["security_scanner", "test_generator"],
      auth: "bearer",
      secret: authorization.slice("Bearer ".length),
      ...more,
    },
    tester,
  );
  await commands.setToolPolicy({ id: "other", policy: "auto" }, tester);
  await changeAgent(trial, "worker", { tools: ["other"] });
  return { preview, done };
}

test("the card offers the scanner and the test generator; a message that names a skill starts its agent", async () => {
  const doors = await startDoors({ script: agentScript(SCANNER) });
  const card = JSON.parse((await doors.ask("/.well-known/agent-card.json")).text) as { skills: { id: string }[] };
  expect(card.skills.map(({ id }) => id)).toEqual(["task", "security_scanner", "test_generator"]);
  const client = await a2aClient(doors.server.url, await doors.token("operator"));
  for (const metadata of [
    { skill: "security_scanner" },
    { skillId: "agent:security_scanner" },
    { banyan: { agent: "security_scanner" }, skill: "task" },
  ]) {
    const done = await sendTo(client, said("Scan it", { metadata }));
    expect(done.artifacts[0]?.parts[0]?.content?.value).toBe("1 fault: high. SQL in find.ts:3.");
    expect((await doors.trial.runtime.application.queries.getTree(done.id)).tasks[0]?.agent).toBe("security_scanner");
  }
  for (const skill of ["coder", "agent:nobody", 7]) {
    const refused = await sendTo(client, said("Scan it", { metadata: { skill } }));
    expect(refused.status?.message?.parts[0]?.content?.value).toBe(
      `There is no skill ${skill}. Skills: task, security_scanner, test_generator.`,
    );
  }
  await doors.trial.runtime.application.commands.removeEntry({ kind: "agent", name: "test_generator" }, tester);
  const after = JSON.parse((await doors.ask("/.well-known/agent-card.json")).text) as { skills: { id: string }[] };
  expect(after.skills.map(({ id }) => id)).toEqual(["task", "security_scanner"]);
});

test(
  "an agent of one Banyan asks the scanner of another, and its answer is content from outside",
  PATIENT,
  async () => {
    const other = await startDoors({ script: agentScript(SCANNER) });
    const trial = await startAsking(other, {
      root: [call("other__security_scanner", { message: "Scan find.ts" }), endTask("done")],
    });
    const { preview, done } = await add(trial, other);
    expect(preview).toMatchObject({ name: "banyan", title: "Banyan", signed_by: expect.any(String) });
    expect(done.server.tools).toEqual(["other__security_scanner", "other__test_generator"]);
    const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
    await trial.ended(id);
    const log = await logOf(trial, root_task_id);
    expect(responsesOf(log)[0]).toMatch(
      /^Agent: other, skill security_scanner\nState: completed\nTask: \w+\nContent from outside.*\n--- (\w+) begins ---\n# result\n\n1 fault: high. SQL in find.ts:3.\n--- \1 ends ---$/,
    );
    const [response] = log.filter(({ kind }) => kind === "tool_response");
    expect(response?.content.outside).toBe(true);
    const { items } = await trial.runtime.application.queries.listAudit({ action: "tool_call" });
    expect(items.map(({ subject, tree }) => [subject, tree])).toContainEqual(["other__security_scanner", id]);
    expect(trial.faults).toEqual([]);
  },
);

test("a question comes back as a result with the task, and the next call answers it", PATIENT, async () => {
  const other = await startDoors({ script: agentScript(SCANNER) });
  let task = "";
  const trial = await startAsking(other, {
    root: (request) => {
      const [last = ""] = request.lastToolResults?.map(({ content }) => content) ?? [];
      task ||= /^Task: (\w+)$/m.exec(last)?.[1] ?? "";
      return (
        [
          call("other__test_generator", { message: "Test half.ts" }),
          call("other__test_generator", { message: "vitest", task }),
          call("other__test_generator", { task }),
          call("other__test_generator", { task: "of-another-tree" }),
          call("other__test_generator", {}),
          endTask("done"),
        ][request.turn] ?? endTask("no")
      );
    },
  });
  await add(trial, other);
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  // What came from outside may not be sent on unasked; a wait sends nothing.
  const { commands, queries } = trial.runtime.application;
  const item = await until(async () => {
    const { items } = await queries.listReviews({ treeId: id, open: true });
    return items.find(({ kind }) => kind === "approval");
  }, "the answer is asked about");
  await commands.decide({ id: item.id, decision: "approved", reason: "It is ours." }, tester);
  await trial.ended(id);
  const [asked, answered, again, foreign, empty] = responsesOf(await logOf(trial, root_task_id));
  expect(asked).toMatch(/State: input required\nTask: \w+\nIt waits for an answer: [\s\S]*Which runner\?/);
  expect(answered).toMatch(/State: completed\n[\s\S]*Wrote half\.test\.ts\./);
  expect(again).toMatch(/State: completed\n[\s\S]*Wrote half\.test\.ts\./);
  expect(foreign).toBe("other has no task of that id for this tree; leave task out to begin one.");
  expect(empty).toBe("Give a message, or a task to wait for.");
});

test("a stop of the task cancels what it began elsewhere", PATIENT, async () => {
  const begun = gate();
  const never = gate();
  const other = await startDoors({
    script: async () => {
      begun.open();
      await never.opened;
      return endTask("too late");
    },
  });
  const trial = await startAsking(other, {
    root: [call("other__security_scanner", { message: "Scan find.ts" }), endTask("done")],
  });
  await add(trial, other);
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await begun.opened;
  const { items } = await other.trial.runtime.application.queries.listTrees({});
  const there = items[0]?.id ?? "";
  // Before the answer is here, nobody knows what to cancel.
  await until(() => trial.runtime.store.outsideCalls.isOf(id, "other", there), "the task is known");
  await trial.runtime.application.commands.stop({ id, reason: "enough" }, tester);
  await trial.ended(id);
  expect((await other.trial.ended(there)).status).toBe("stopped");
  never.open();
});
