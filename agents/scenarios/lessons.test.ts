/** Lessons: made from what the host's commands showed, shown to later tasks, and counted by what commands said then. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { EVERY_LESSON } from "@/db/memory/listed";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { startTrial } from "@/tests/agents/trial";

const PACKAGE = '{"type":"module","scripts":{"test":"node --test"}}\n';
const TEST = `import assert from "node:assert";
import test from "node:test";
import { sum } from "../sum.js";
test("adds", () => assert.equal(sum(1, 2), 3));
`;
const BROKEN = "export const sum = (a, b) => a - b;\n";
const RIGHT = "export const sum = (a, b) => a + b;\n";
const FILES = { "package.json": PACKAGE, "sum.js": BROKEN, "test/sum.test.js": TEST };

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "banyan-lessons-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const plan = (title: string) => endTask(JSON.stringify({ plan: title, steps: [{ title, instruction: title }] }));
const write = (path: string, content: string) => call("write_file", { path, content });
const roundOf = ({ instruction }: ScriptedRequest) => Number(/round (\d+)/i.exec(instruction)?.[1] ?? 0);

async function started(work: (round: number) => Reply[]) {
  const folder = folderWith(FILES);
  const trial = await startTrial({
    script: agentScript({
      goal_planner: (request) => plan(`Swap the operator, try ${roundOf(request)}`),
      goal_strategist: () => endTask('{"strategy":"begin elsewhere"}'),
      coder: (request) => work(roundOf(request))[request.turn] ?? endTask("done"),
    }),
  });
  onTestFinished(() => trial.close());
  const { store } = trial.runtime;
  // No goal is held out here: which one is, its id says.
  await store.lessons.setSettings({ holdout: 0 });
  const pursue = async (more: object = {}) => {
    writeFileSync(join(folder, "sum.js"), BROKEN);
    const goal = { validation_command: "npm test", max_iterations: 3, ...more };
    const { id } = await trial.submit({ task: "Make the tests pass", workspace: folder, goal });
    const tree = await trial.ended(id);
    await trial.worker?.lessons.check();
    expect(trial.faults).toEqual([]);
    return { id, tree };
  };
  return { trial, store, folder, pursue };
}

test("an error that went away becomes a lesson, is shown at the same error, and is counted by the host's command", async () => {
  const { trial, store, folder, pursue } = await started(() => [write("sum.js", RIGHT)]);
  const first = await pursue();
  const [lesson] = store.lessons.list(EVERY_LESSON, 10, 0);
  expect(lesson).toMatchObject({
    kind: "error_fix",
    scope: "repository",
    place: folder,
    signature: "adds",
    status: "live",
    maker: "host",
    shown: 0,
    helped: 1,
    harmed: 0,
    advice: expect.stringContaining("+export const sum = (a, b) => a + b;"),
  });
  expect(store.lessons.sources(lesson?.uid ?? "")).toMatchObject([{ tree: first.id, evidence: { round: 1 } }]);
  const second = await pursue();
  const asked = trial.provider?.requests.filter(({ body }) =>
    JSON.stringify(body).includes("What helped in other tasks"),
  );
  expect(asked?.length).toBeGreaterThan(0);
  // The planner and the coder of the round were shown it, and the round counts once.
  expect(store.lessons.list(EVERY_LESSON, 10, 0)).toMatchObject([{ shown: 1, helped: 3 - 1, harmed: 0 }]);
  expect(store.lessons.uses(lesson?.uid ?? "", 10)).toMatchObject([
    { tree: second.id, why: "signature", outcome: "helped" },
    { tree: first.id, why: "made", outcome: "helped" },
  ]);
});
