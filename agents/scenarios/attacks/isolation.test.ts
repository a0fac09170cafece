/** I7: two trees of one server try everything to see each other, in both directions and at the same time. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ATTEMPTS, type Known } from "@/tests/agents/isolation/attempts";
import {
  approveEverything,
  comparableLog,
  filesWith,
  knownOf,
  newSide,
  recordsOf,
  repliesOf,
  type Side,
  sideTitles,
} from "@/tests/agents/isolation/sides";
import { gate, logOf, responsesOf, tester, titled, trialsOfThisFile, unansweredCalls } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";

const TREE_TIMEOUT_MS = 240_000;
const TEST_TIMEOUT_MS = 600_000;

const start = trialsOfThisFile();
let base: string;

beforeEach(() => {
  base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-isolation-")));
});
afterEach(() => {
  fs.rmSync(base, { recursive: true, force: true });
});

/** A server whose workers have all tools. */
async function startServer(replies: Parameters<typeof start>[0]): Promise<Trial> {
  const trial = await start(replies, { env: { MAX_CONCURRENT_AGENTS: "16" } });
  const { world, control } = trial.runtime.world.catalogue;
  await changeAgent(trial, "worker", { tools: [...world.keys(), ...control.keys()] });
  return trial;
}

/** Runs one tree alone, or two against each other, to the end. */
async function run(names: string[], workspaceOf: (name: string) => string | undefined) {
  let all: Known[] = [];
  const [everybodyIsThere, release] = [gate(), gate()];
  const sides = names.map((name, at): Side => {
    const foreign = everybodyIsThere.opened.then(() => all.find((known) => known.name !== name) ?? null);
    return newSide(name, 7_001 + at, { foreign, release: release.opened });
  });
  const trial: Trial = await startServer(Object.assign({}, ...sides.map((side) => repliesOf(side, () => trial))));
  const { commands } = trial.runtime.application;
  for (const side of sides) {
    const workspace = workspaceOf(side.name);
    const { root } = sideTitles(side.name);
    side.treeId = (await trial.submit({ task: root, agent: "worker", ...(workspace && { workspace }) })).id;
  }
  all = await Promise.all(sides.map((side) => knownOf(trial, side)));
  const stopApproving = approveEverything(trial);
  everybodyIsThere.open();
  await Promise.all(sides.map((side) => side.attacked.opened));
  for (const { question } of all) await commands.answer({ id: question, text: "Yes." }, tester);
  release.open();
  const trees = [];
  for (const side of sides) trees.push(await trial.ended(side.treeId, TREE_TIMEOUT_MS));
  stopApproving();
  return { trial, sides, known: all, trees };
}

test("every tool that there is has its attempts, or a reason why it has none", async () => {
  const trial = await startServer({});
  const { world, control } = trial.runtime.world.catalogue;
  expect([...world.keys(), ...control.keys()].filter((name) => !ATTEMPTS[name])).toEqual([]);
});

describe.each([
  ["folders of their own", () => undefined],
  ["folders side by side that a person named", (name: string) => sideBySide(name)],
])("I7: two trees in %s", (_where, workspaceOf) => {
  test(
    "see nothing of each other, change nothing of each other, and run as if they were alone",
    async () => {
      const alone = await run(["A"], workspaceOf);
      const aloneLogs = await Promise.all(alone.sides.map((side) => logsOf(alone.trial, side)));
      expect(alone.trees.map((tree) => tree.status)).toEqual(["succeeded"]);
      fs.rmSync(base, { recursive: true, force: true });

      const { trial, sides, known, trees } = await run(["A", "B"], workspaceOf);
      expect(trees.map((tree) => tree.status)).toEqual(["succeeded", "succeeded"]);
      expect(trial.faults).toEqual([]);
      expect(trial.provider?.refusals).toEqual([]);
      for (const side of known) {
        expect([side.flag, side.question, ...side.terminals], side.name).toEqual(
          Array(3).fill(expect.stringMatching(/^\w+/)),
        );
        expect([side.commit.length, side.calls.length, Object.keys(side.tasks).length]).toEqual([40, 9, 4]);
        expect(side.objects.length).toBeGreaterThan(0);
      }
      for (const [at, side] of sides.entries()) {
        const foreign = sides[1 - at];
        const tree = trees[at];
        if (!foreign || !tree) throw new Error("There are two sides.");
        await checkAttacks(trial, tree.tasks.find((task) => task.title === sideTitles(side.name).attacker)?.id ?? "");
        // The canary is where it belongs, so that finding it nowhere else proves something.
        const records = recordsOf(trial, side.treeId);
        expect(records).toContain(side.canary);
        expect(records).not.toContain(foreign.canary);
        expect(filesWith(side.canary, tree.workspace).length).toBeGreaterThan(1);
        expect(filesWith(foreign.canary, tree.workspace)).toEqual([]);
        expect(filesWith("planted", tree.workspace).filter((file) => !file.includes("/attack/"))).toEqual([]);
        const cacheDir = known[at]?.cacheDir ?? "";
        expect(filesWith(foreign.canary, cacheDir)).toEqual([]);
        const ids = tree.tasks.map((task) => task.id);
        const prompts = (trial.provider?.requests ?? []).filter((request) => ids.includes(request.task));
        expect(prompts.length).toBeGreaterThan(20);
        expect(prompts.filter((request) => request.rawBody.includes(foreign.canary))).toEqual([]);
        expect(await unansweredCalls(trial, tree)).toEqual([]);
        expect(await logsOf(trial, side)).toEqual(renamed(aloneLogs[0] ?? [], side));
        await checkFork(trial, side, foreign);
      }
    },
    TEST_TIMEOUT_MS,
  );
});

function sideBySide(name: string): string {
  const folder = path.join(base, `side-${name}`);
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}

/** Returns the logs of the holder and the asker. */
async function logsOf(trial: Trial, side: Side): Promise<string[]> {
  return [...(await comparableLog(trial, side, "holder")), ...(await comparableLog(trial, side, "asker"))];
}

/** The lone tree was called A, and had the port of A. */
function renamed(lines: string[], { name, port }: Side): string[] {
  return lines.map((line) =>
    line
      .replace(/\bA( root| holder| attacker| asker|-\w)/g, `${name}$1`)
      .replaceAll("held-A", `held-${name}`)
      .replaceAll("7001", String(port)),
  );
}

/** Checks that all attempts were made: each tool ran its calls, and the sandbox was on. */
async function checkAttacks(trial: Trial, attacker: string): Promise<void> {
  const log = await logOf(trial, attacker);
  const calls = log.filter((message) => message.kind === "tool_call");
  const tried = new Set(calls.map((message) => message.tool));
  const { world, control } = trial.runtime.world.catalogue;
  const named = [...world.keys(), ...control.keys()].filter((name) => typeof ATTEMPTS[name] === "function");
  expect(named.filter((name) => !tried.has(name))).toEqual([]);
  const invalid = calls.filter((message) => message.content.mode === "invalid");
  // Only with a right that neither tree has would other trees' records be read at all.
  const [wide, others] = [true, false].map((is) => invalid.filter(({ tool }) => (tool === "query_trees") === is));
  expect(wide?.map(({ content }) => content.problem)).toEqual(
    Array(3).fill("query_trees needs the right “host”, which this task does not have."),
  );
  expect(others?.map((other) => [other.tool, other.content])).toEqual([]);
  const terminal = log.filter((message) => message.kind === "tool_response" && message.tool === "use_terminal");
  for (const message of terminal) expect(String(message.content.text)).toMatch(/"exit_status":/);
  expect(responsesOf(log).length).toBe(calls.length);
}

/** A fork of the attacker restores its files from the snapshot store, which all trees share. */
async function checkFork(trial: Trial, side: Side, foreign: Side): Promise<void> {
  const { commands, queries } = trial.runtime.application;
  const attacker = titled(await queries.getTree(side.treeId), sideTitles(side.name).attacker);
  const last = (await logOf(trial, attacker.id)).filter((message) => message.kind === "agent_response").at(-1);
  const fork = await commands.fork({ id: attacker.id, at: last?.seq ?? 0 }, tester);
  const tree = await trial.ended(fork.id, TREE_TIMEOUT_MS);
  expect(tree.status).toBe("succeeded");
  expect(filesWith(side.canary, tree.workspace).length).toBeGreaterThan(1);
  expect(filesWith(foreign.canary, tree.workspace)).toEqual([]);
  expect(recordsOf(trial, fork.id)).not.toContain(foreign.canary);
}
