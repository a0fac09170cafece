/** Runners, servers, nodes and leaders that are killed or frozen before a call is taken, while it runs, and before its outcome is stored. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { outcomesStream } from "@/lib/nats/names";
import { buildPrograms } from "@/scripts/testing/command-line";
import { RUNNER, type RunnerProcess, type Scene, type ServerProcess, startScene } from "./scene";

buildPrograms();

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.close());

/** Appends a line, and ends when the test makes a file. */
const WAITS =
  "echo ran >> runs.txt; echo up; until [ -e go.txt ]; do sleep 0.05; done; echo done >> runs.txt; cat runs.txt";
/** Writes for ever, and does not end by itself. */
const ENDLESS = "trap '' TERM INT HUP; echo up; while :; do echo more >> runs.txt; sleep 0.05; done";
const ONCE = { value: { exitStatus: 0, stdout: "up\nran\ndone\n" } };
const UNKNOWN = { mayHaveRun: true, message: expect.stringContaining("unknown") };

let trees = 0;
async function makeTree(
  server: ServerProcess,
  runner = RUNNER,
): Promise<{ runner: string; tree: string; place: number }> {
  trees += 1;
  const at = { runner, tree: `tree-${trees}`, place: 1 };
  expect(await server.ask({ ...at, what: "make" })).toMatchObject({ event: "answer" });
  return at;
}

async function running(server: ServerProcess, at: { runner: string; tree: string; place: number }, command = WAITS) {
  const call = server.send({ ...at, what: "run", command });
  await server.hears((heard) => heard.event === "said" && heard.ask === call);
  return call;
}

function start(server: ServerProcess, runner = RUNNER): string {
  const found = server.heard.findLast((heard) => heard.event === "present" && heard.runner === runner);
  return found?.event === "present" ? found.bootId : "";
}

const runsIn = (folder: string) => readFileSync(path.join(folder, "runs.txt"), "utf8");
const letGo = (folder: string) => writeFileSync(path.join(folder, "go.txt"), "");

test("a runner that is frozen before it takes a call runs it once when it goes on; killed before, it is started again and runs nothing", async () => {
  const server = await scene.server();
  const first = await scene.runner();
  const at = await makeTree(server);
  first.child.kill("SIGSTOP");
  const command = "echo ran >> runs.txt; wc -l < runs.txt";
  const held = server.send({ ...at, what: "run", command });
  // Sent more than once by then.
  const tried = server.send({ ...at, what: "isThere" });
  first.child.kill("SIGCONT");
  expect(await server.answer(held)).toMatchObject({ value: { stdout: "1\n" } });
  expect(await server.answer(tried)).toMatchObject({ value: true });

  const bootId = start(server);
  first.child.kill("SIGSTOP");
  const lost = server.send({ ...at, bootId, what: "run", command });
  await first.end();
  expect(runsIn(first.folderOf(at.tree))).toBe("ran\n");
  const second = await scene.runner({ data: first.data });
  expect(await server.answer(lost)).toMatchObject({ event: "failed" });
  const after = await makeTree(server);
  expect(await server.ask({ ...after, what: "run", command })).toMatchObject({ value: { stdout: "1\n" } });
  await Promise.all([second.end(), server.end()]);
});

test("a runner that is killed while a command runs takes the command with it, and the outcome is told as unknown; frozen for a short time, nothing is lost", async () => {
  const server = await scene.server();
  const first = await scene.runner();
  const at = await makeTree(server);
  const call = await running(server, at);
  first.child.kill("SIGSTOP");
  letGo(first.folderOf(at.tree));
  await expect.poll(() => runsIn(first.folderOf(at.tree))).toBe("ran\ndone\n");
  first.child.kill("SIGCONT");
  expect(await server.answer(call)).toMatchObject(ONCE);

  const other = await makeTree(server);
  const lost = await running(server, other, ENDLESS);
  await first.end();
  const file = path.join(first.folderOf(other.tree), "runs.txt");
  const sizes: number[] = [];
  await expect
    .poll(() => sizes.push(statSync(file).size) > 5 && sizes.at(-1) === sizes.at(-6), { interval: 100 })
    .toBe(true);
  const second = await scene.runner({ data: first.data });
  expect(await server.answer(lost)).toMatchObject(UNKNOWN);
  await Promise.all([second.end(), server.end()]);
});

test("a call that is longer than the life of its server is not lost: the next server asks with the same ids, while it runs and when it has ended, and it ran once", async () => {
  const runner = await scene.runner();
  const first = await scene.server();
  const at = await makeTree(first);
  const bootId = start(first);
  const call = await running(first, at);
  await first.end();
  const again = { ...at, ask: call, bootId, what: "run", command: WAITS } as const;

  const second = await scene.server();
  second.send(again);
  // It hears of the call before it dies in turn.
  expect(await second.ask({ ...at, what: "isThere" })).toMatchObject({ value: true });
  await second.end();
  letGo(runner.folderOf(at.tree));
  await expect.poll(() => runsIn(runner.folderOf(at.tree))).toBe("ran\ndone\n");

  const third = await scene.server();
  expect(await third.ask(again)).toMatchObject(ONCE);
  // The runner that did it need not be there any more.
  await runner.end();
  expect(runsIn(runner.folderOf(at.tree))).toBe("ran\ndone\n");
  await third.end();
});

test("a frozen server hears of an outcome that was stored meanwhile, and counts no runner as gone", async () => {
  const runner = await scene.runner();
  const server = await scene.server();
  const at = await makeTree(server);
  const call = await running(server, at);
  server.child.kill("SIGSTOP");
  letGo(runner.folderOf(at.tree));
  await expect.poll(() => runsIn(runner.folderOf(at.tree))).toBe("ran\ndone\n");
  server.child.kill("SIGCONT");
  expect(await server.answer(call)).toMatchObject(ONCE);
  expect(server.heard.filter(({ event }) => event === "gone")).toEqual([]);
  await Promise.all([runner.end(), server.end()]);
});

test("a node, and the leader of the outcomes, are killed and frozen while a command runs and as it ends: each outcome arrives, once; a runner that is frozen for long is told as unknown, and ends its programs", async () => {
  const frozen = await scene.runner();
  const runner = await scene.runner({ name: "linux-2" });
  const server = await scene.server();
  const unheard = await makeTree(server);
  const lost = await running(server, unheard, ENDLESS);
  const from = server.heard.length;
  frozen.child.kill("SIGSTOP");

  const asked: Parameters<ServerProcess["ask"]>[0][] = [];
  for (const harm of ["kill", "freeze"] as const) {
    const at = await makeTree(server, "linux-2");
    const call = await running(server, at);
    asked.push({ ...at, ask: call, what: "run", command: WAITS });
    const { leader } = await scene.nats.stream(outcomesStream("main"));
    const node = scene.nats.node(leader);
    if (harm === "kill") await node.kill();
    else node.freeze();
    onTestFinished(() => node.thaw());
    letGo(runner.folderOf(at.tree));
    expect(await server.answer(call)).toMatchObject(ONCE);
    if (harm === "kill") await node.start();
    else node.thaw();
  }
  expect(runner.said()).not.toContain("are ended");
  // Both are stored.
  const next = await scene.server();
  for (const question of asked) expect(await next.ask(question)).toMatchObject(ONCE);

  await server.hears((heard) => heard.event === "gone" && heard.runner === RUNNER, from);
  expect(await server.answer(lost)).toMatchObject(UNKNOWN);
  frozen.child.kill("SIGCONT");
  await frozen.says("the programs of all trees are ended");
  await frozen.says("NATS is back.");
  const { size } = statSync(path.join(frozen.folderOf(unheard.tree), "runs.txt"));
  expect(await server.ask({ ...unheard, what: "run", command: "wc -c < runs.txt" })).toMatchObject({
    value: { stdout: `${size}\n` },
  });
  await Promise.all([frozen, runner, server, next].map(({ end }) => end()));
});

test("an outcome that cannot be stored waits: it arrives when most nodes are there again, and with its runner killed before, it is told as unknown", async () => {
  const server = await scene.server();
  const runners: RunnerProcess[] = [await scene.runner(), await scene.runner({ name: "linux-2" })];
  const names = [RUNNER, "linux-2"];
  const calls: { tree: string; call: string; folder: string }[] = [];
  for (const [index, runner] of runners.entries()) {
    const at = await makeTree(server, names[index]);
    calls.push({ tree: at.tree, call: await running(server, at), folder: runner.folderOf(at.tree) });
  }
  const [kept, lost] = calls;
  const two = scene.nats.nodes.slice(1);
  for (const node of two) node.freeze();
  onTestFinished(() => {
    for (const node of two) node.thaw();
  });
  for (const { folder } of calls) {
    letGo(folder);
    await expect.poll(() => runsIn(folder)).toBe("ran\ndone\n");
  }
  await runners[1]?.end();
  for (const node of two) node.thaw();
  expect(await server.answer(kept?.call ?? "")).toMatchObject(ONCE);
  expect(runsIn(lost?.folder ?? "")).toBe("ran\ndone\n");
  await scene.runner({ name: "linux-2", data: runners[1]?.data ?? "" });
  const told = await server.answer(lost?.call ?? "");
  // It may have been on its way to a node that was frozen.
  if (told.event === "answer") expect(told).toMatchObject(ONCE);
  else expect(told).toMatchObject(UNKNOWN);
});
