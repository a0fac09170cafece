/** Cables that are taken out between servers, runners and the nodes of NATS, each on a machine of its own. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Machine } from "@/lib/nats/testing/network";
import { buildPrograms } from "@/scripts/testing/command-line";
import { RUNNER, type RunnerProcess, type Scene, type ServerProcess, startScene } from "./scene";

buildPrograms();

let scene: Scene;
let server: ServerProcess;
beforeAll(async () => {
  scene = await startScene();
  server = await scene.server({ nodes: [1, 2] });
});
afterAll(() => scene.close());

const NODES = ["n1", "n2", "n3"];

/** Appends a line, and ends when the test makes a file. */
const WAITS =
  "echo ran >> runs.txt; echo up; until [ -e go.txt ]; do sleep 0.1; done; echo done >> runs.txt; cat runs.txt";
/** Writes for ever, and does not end by itself. */
const ENDLESS = "trap '' TERM INT HUP; echo up; while :; do echo more >> runs.txt; sleep 0.05; done";

async function running(by: ServerProcess, runner: string, tree: string, command: string): Promise<string> {
  // A server that has not heard of this start of the runner yet says that nothing was done.
  const make = () => by.ask({ runner, tree, place: 1, what: "make" });
  await expect.poll(make, { timeout: 60_000 }).toMatchObject({ event: "answer" });
  const call = by.send({ runner, tree, place: 1, what: "run", command });
  await by.hears((heard) => heard.event === "said" && heard.ask === call);
  return call;
}

test.each(["both ways", "sent", "received"] as const)(
  "a runner, and then a server, is cut off for a short time (%s): the call goes on, runs once, and its outcome arrives",
  async (lost) => {
    const runner = await scene.runner({ nodes: [1, 2] });
    for (const cut of [runner, server]) {
      const tree = `short-${cut.machine.name}-${lost.split(" ")[0]}`;
      const call = await running(server, RUNNER, tree, WAITS);
      const folder = runner.folderOf(tree);
      const from = server.heard.length;
      if (lost === "both ways") cut.machine.cut();
      else cut.machine.cutOneWay(lost);
      onTestFinished(() => cut.machine.join());
      if (cut === server) await server.hears(({ event }) => event === "lost", from);
      // What is asked for while nobody can hear it runs once, too.
      const late = server.send({ tree, place: 1, what: "run", command: "echo late >> late.txt; wc -l < late.txt" });
      writeFileSync(path.join(folder, "go.txt"), "");
      await expect.poll(() => readFileSync(path.join(folder, "runs.txt"), "utf8")).toBe("ran\ndone\n");
      cut.machine.join();
      expect(await server.answer(call)).toMatchObject({ value: { exitStatus: 0, stdout: "up\nran\ndone\n" } });
      const outcome = await server.answer(late);
      if (cut === server)
        expect(outcome).toMatchObject({ mayHaveRun: false, message: expect.stringContaining("nothing was done") });
      else expect(outcome).toMatchObject({ value: { stdout: "1\n" } });
    }
    expect(runner.said()).not.toContain("are ended");
    await runner.end();
  },
);

test.each([
  ["runner", [0, 2], [1]],
  ["server", [1], [0, 2]],
])(
  "a %s whose node is cut off from the others looks for another one, and its call goes on",
  async (who, runners, servers) => {
    const runner = await scene.runner({ nodes: runners });
    const other = await scene.server({ machine: "other-server", nodes: servers });
    onTestFinished(async () => {
      await runner.end();
      await other.end();
      await Promise.all(scene.nats.nodes.map((node) => node.healthy()));
    });
    await other.hears((heard) => heard.event === "present" && heard.runner === RUNNER);
    const tree = `leaves-${who}`;
    const call = await running(other, RUNNER, tree, WAITS);
    const { machine } = who === "runner" ? runner : other;
    const name = nodeOf(machine);
    const node = scene.network.machine(name);
    node.cut("routes");
    onTestFinished(() => node.join("routes"));
    await expect.poll(() => nodeOf(machine), { timeout: 120_000 }).not.toBe(name);
    // While it connects, it says that nothing was done.
    const ask = () => other.ask({ tree, place: 1, what: "run", command: "echo more >> more.txt; wc -l < more.txt" });
    await expect.poll(ask, { timeout: 60_000 }).toMatchObject({ value: { stdout: "1\n" } });
    writeFileSync(path.join(runner.folderOf(tree), "go.txt"), "");
    expect(await other.answer(call)).toMatchObject({ value: { stdout: "up\nran\ndone\n" } });
    expect(runner.said()).not.toContain("are ended");
  },
);

test.each(["sent", "received"] as const)(
  "a runner of which all that is %s gets lost ends its programs before anybody counts it as gone",
  async (lost) => {
    const runner = await scene.runner({ nodes: [1, 2] });
    const tree = `one-way-${lost}`;
    const call = await running(server, RUNNER, tree, ENDLESS);
    const from = server.heard.length;
    runner.machine.cutOneWay(lost);
    onTestFinished(async () => {
      runner.machine.join();
      await runner.end();
    });
    await server.hears((heard) => heard.event === "gone" && heard.runner === RUNNER, from);
    expect(runner.said()).toContain("the programs of all trees are ended");
    expect(await server.answer(call)).toMatchObject({ mayHaveRun: true });
    const runs = path.join(runner.folderOf(tree), "runs.txt");
    const { size } = statSync(runs);
    runner.machine.join();
    await runner.says("NATS is back.");
    expect(await server.ask({ tree, place: 1, what: "run", command: "echo works" })).toMatchObject({
      value: { stdout: "works\n" },
    });
    expect(statSync(runs).size).toBe(size);
  },
);

test("a runner alone, and one with a node that lost the two others, end their programs before anybody counts them as gone; a server with that node counts nobody as gone", async () => {
  const alone = await scene.runner({ nodes: [1, 2] });
  const minority = await scene.runner({ name: "linux-2", nodes: [0] });
  const majority = await scene.runner({ name: "linux-3", nodes: [1, 2] });
  const other = await scene.server({ machine: "other-server", nodes: [0] });
  const lost: [string, RunnerProcess, string][] = [];
  for (const [name, runner] of [
    [RUNNER, alone],
    ["linux-2", minority],
  ] as const)
    lost.push([name, runner, await running(server, name, "long", ENDLESS)]);
  const kept = await running(server, "linux-3", "long", WAITS);
  const moved = await movingTree(alone);
  for (const runner of [RUNNER, "linux-2", "linux-3"])
    await other.hears((heard) => heard.event === "present" && heard.runner === runner);
  const from = other.heard.length;

  const fromServer = server.heard.length;
  alone.machine.cut();
  scene.network.machine("n1").cut("routes");
  onTestFinished(() => {
    alone.machine.join();
    scene.network.machine("n1").join("routes");
  });
  await Promise.all(
    lost.map(async ([name, runner, call]) => {
      await server.hears((heard) => heard.event === "gone" && heard.runner === name, fromServer);
      expect(runner.said()).toContain("the programs of all trees are ended");
      const { size } = statSync(path.join(runner.folderOf("long"), "runs.txt"));
      expect(await server.answer(call)).toMatchObject({
        mayHaveRun: true,
        message: expect.stringContaining("its outcome is unknown: check before you repeat it"),
      });
      expect(statSync(path.join(runner.folderOf("long"), "runs.txt")).size).toBe(size);
    }),
  );
  expect(other.heard.slice(from).filter(({ event }) => event === "gone")).toEqual([]);
  await moved.moves();

  alone.machine.join();
  scene.network.machine("n1").join("routes");
  writeFileSync(path.join(majority.folderOf("long"), "go.txt"), "");
  expect(await server.answer(kept)).toMatchObject({ value: { stdout: "up\nran\ndone\n" } });
  for (const [name, runner] of lost) {
    await runner.says("NATS is back.");
    const again = await server.ask({ runner: name, tree: "long", place: 1, what: "run", command: "echo works" });
    expect(again).toMatchObject({ value: { stdout: "works\n" } });
  }
  await moved.comesBack();
});

/** Returns the name of the machine of the node that the only client on this machine is connected with. */
function nodeOf(machine: Machine): string {
  const [file, args] = machine.command("ss", ["-Htn", "state", "established"]);
  const said = execFileSync(file, args, { encoding: "utf8" });
  return NODES.find((name) => said.includes(`${scene.network.machine(name).address}:`)) ?? "";
}

/** A tree that moves while its runner is cut off, with its newest snapshot, and comes back later. */
async function movingTree(first: RunnerProcess) {
  const on = (runner: string, place: number) => ({ runner, tree: "moved", place });
  const take = async (at: ReturnType<typeof on>, label: string, previous: string | null) => {
    const answer = await server.ask({ ...at, what: "take", label, previous });
    expect(answer).toMatchObject({ value: { files: 1 } });
    return (answer as { value: { commit: string } }).value.commit;
  };
  await server.ask({ ...on(RUNNER, 1), what: "make" });
  await server.ask({ ...on(RUNNER, 1), what: "write", path: "a.txt", content: "one" });
  const before = await take(on(RUNNER, 1), "s1", null);
  await server.ask({ ...on(RUNNER, 1), what: "write", path: "lost.txt", content: "in no snapshot" });
  let after = "";
  return {
    async moves() {
      await server.ask({ ...on("linux-3", 2), what: "checkOut", commit: before });
      expect(await server.ask({ ...on("linux-3", 2), what: "read", path: "a.txt" })).toMatchObject({ value: "one" });
      await server.ask({ ...on("linux-3", 2), what: "write", path: "a.txt", content: "two" });
      after = await take(on("linux-3", 2), "s2", before);
    },
    async comesBack() {
      const folder = first.folderOf("moved");
      expect(readdirSync(folder)).toEqual(["a.txt", "lost.txt"]);
      expect(await server.ask({ ...on(RUNNER, 3), what: "isThere" })).toMatchObject({ value: false });
      expect(existsSync(folder)).toBe(false);
      const back = await server.ask({ ...on(RUNNER, 3), what: "checkOut", commit: after });
      expect("message" in back ? back.message : "").toBe("");
      expect(await server.ask({ ...on(RUNNER, 3), what: "read", path: "a.txt" })).toMatchObject({ value: "two" });
      for (const place of [1, 2])
        expect(await server.ask({ ...on(RUNNER, place), what: "write", path: "a.txt", content: "old" })).toMatchObject({
          mayHaveRun: false,
          message: expect.stringContaining("has an older place of the tree than it had before"),
        });
      expect(readFileSync(path.join(folder, "a.txt"), "utf8")).toBe("two");
      expect(readdirSync(folder)).toEqual(["a.txt"]);
    },
  };
}
