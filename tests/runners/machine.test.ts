/** What goes wrong on one machine: its clock, its disk, and a command that reaches for what is not its own. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withDisk } from "@/lib/nats/testing/network";
import { buildPrograms } from "@/scripts/testing/command-line";
import { RUNNER, type Scene, type ServerProcess, startScene } from "./scene";

buildPrograms();

const HOUR_MS = 3_600_000;
let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.close());

/** Returns the environment of a process, and a function that sets how wrong its clock is. */
function clock(name: string, hours: number) {
  const file = path.join(scene.folder, `clock-${name}`);
  const set = (wrong: number) => writeFileSync(file, String(wrong * HOUR_MS));
  set(hours);
  const preload = path.resolve("tests/runners/shifted-clock.cjs");
  return { set, env: { NODE_OPTIONS: `--require ${preload}`, BANYAN_TEST_CLOCK: file } };
}

const COUNT = "echo ran >> runs.txt; for i in 1 2 3 4 5 6 7 8 9; do echo $i; sleep 0.2; done; wc -l < runs.txt";
const COUNTED = { value: { exitStatus: 0, stdout: "1\n2\n3\n4\n5\n6\n7\n8\n9\n1\n" } };

async function startsCounting(server: ServerProcess, at: { tree: string; place: number }): Promise<string> {
  await server.ask({ ...at, what: "make" });
  const call = server.send({ ...at, what: "run", command: COUNT, timeoutMs: 60_000 });
  await server.hears((heard) => heard.event === "said" && heard.ask === call);
  return call;
}

test("clocks jump by hours, in both directions: calls, time limits, presence and outcomes hold", async () => {
  const [onRunner, onServer] = [clock("runner", 7), clock("server", 5)];
  const runner = await scene.runner({ env: onRunner.env });
  const server = await scene.server({ env: onServer.env });
  const at = { tree: "tree-1", place: 1 };
  // A server that is hours ahead of the nodes reads an old record.
  expect(await server.ask({ ...at, what: "make" })).toMatchObject({ event: "answer" });
  const calls: string[] = [];
  for (const [there, here] of [
    [-9, 0],
    [9, -12],
    [0, 11],
  ] as const) {
    calls.push(await startsCounting(server, { ...at, tree: `tree-${there}` }));
    onRunner.set(there);
    onServer.set(here);
    expect(await server.answer(calls.at(-1) ?? "")).toMatchObject(COUNTED);
  }
  // A clock that goes back makes no time limit longer.
  const limited = server.send({ ...at, what: "run", command: "echo up; sleep 300", timeoutMs: 1_500 });
  await server.hears((heard) => heard.event === "said" && heard.ask === limited);
  onRunner.set(-20);
  expect(await server.answer(limited)).toMatchObject({ value: { stdout: "up\n", endedBy: "timeout" } });
  const taken = await server.ask({ ...at, what: "take", label: "s1", previous: null });
  expect(taken).toMatchObject({ event: "answer" });

  const next = await scene.server({ env: clock("next", -10).env });
  const again = { ...at, ask: calls[0] ?? "", tree: "tree--9", what: "run", command: COUNT } as const;
  expect(await next.ask(again)).toMatchObject(COUNTED);
  expect([...server.heard, ...next.heard].filter(({ event }) => event === "gone" || event === "lost")).toEqual([]);
  expect(runner.said()).not.toContain("are ended");
  await Promise.all([runner, server, next].map(({ end }) => end()));
});

const FULL = /^The disk (of the runner )?is full, so .* (free some space|give it more room)\.$/;
const full = { event: "failed", message: expect.stringMatching(FULL) };

test("a full disk is told in one sentence by each operation, nothing half written counts, and the runner goes on when there is room", async () => {
  const data = mkdtempSync(path.join(scene.folder, "small-"));
  const [runner, server, other] = await Promise.all([
    scene.runner({ data, before: withDisk(data, 24) }),
    scene.server(),
    scene.runner({ name: "linux-2" }),
  ]);
  const at = { tree: "tree-1", place: 1 };
  const run = async (command: string) =>
    (await server.ask({ ...at, what: "run", command })) as { value: { stdout: string; stderr: string } };
  // A snapshot of 3 MB comes from another runner.
  const there = { ...at, runner: "linux-2" };
  await server.ask({ ...there, what: "make" });
  await server.ask({ ...there, what: "run", command: "head -c 3M /dev/urandom > big.bin; echo whole > small.txt" });
  const given = await server.ask({ ...there, what: "take", label: "s1", previous: null });
  expect(given).toMatchObject({ event: "answer" });
  const { commit } = (given as { value: { commit: string } }).value;

  await server.ask({ ...at, what: "make" });
  await server.ask({ ...at, what: "write", path: "a.txt", content: "whole" });
  const { value } = await run("head -c 100M /dev/zero > fill; echo status $?");
  expect(value).toMatchObject({ stdout: "status 1\n", stderr: expect.stringContaining("No space left on device") });
  const large = "a line of text\n".repeat(100_000);
  expect(await server.ask({ ...at, what: "write", path: "a.txt", content: large })).toMatchObject(full);
  expect(await server.ask({ ...at, what: "write", path: "new/b.txt", content: "b" })).toMatchObject(full);
  expect(await server.ask({ ...at, what: "take", label: "s2", previous: null })).toMatchObject(full);
  const back = { ...at, tree: "tree-2" };
  expect(await server.ask({ ...back, what: "checkOut", commit })).toMatchObject(full);
  expect(await server.ask({ ...back, what: "isThere" })).toMatchObject({ value: false });
  expect(await server.ask({ ...at, what: "read", path: "a.txt" })).toMatchObject({ value: "whole" });

  expect((await run("ls . new; rm fill")).value.stdout).toBe(".:\na.txt\nfill\nnew\n\nnew:\n");
  expect(await server.ask({ ...at, what: "write", path: "a.txt", content: large })).toMatchObject({ event: "answer" });
  const taken = await server.ask({ ...at, what: "take", label: "s3", previous: null });
  expect(taken).toMatchObject({ value: { files: 1, bytes: large.length, skipped: [], torn: [] } });
  expect(await server.ask({ ...back, what: "checkOut", commit })).toMatchObject({ event: "answer" });
  expect(await server.ask({ ...back, what: "run", command: "wc -c < big.bin; cat small.txt" })).toMatchObject({
    value: { stdout: "3145728\nwhole\n" },
  });
  expect(runner.said()).not.toContain("Error");
  await Promise.all([runner, server, other].map(({ end }) => end()));
});

/** Sends a request to the proxy of the command, and prints the answer's first line. */
const ASK_PROXY = `node -e '
const { hostname, port } = new URL(process.env.HTTPS_PROXY);
const socket = require("net").connect(port, hostname, () => socket.write("CONNECT " + process.argv[1] + " HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n"));
socket.on("data", (data) => { console.log(String(data).split("\\r\\n")[0].slice(0, 12)); process.exit() });
socket.on("error", () => console.log("no proxy"));
'`;

test("Z4: a command on a runner sees no key of it, and reaches no node of NATS, also with rights for the network", async () => {
  const runner = await scene.runner();
  const server = await scene.server();
  const at = { tree: "tree-1", place: 1 };
  await server.ask({ ...at, what: "make" });
  const key = path.join(scene.folder, `nats/runner-${RUNNER}.nk`);
  expect(readFileSync(key, "utf8")).toMatch(/SU[A-Z2-7]{50}/);
  const nodes = ["n1", "n2", "n3"].map((name) => scene.network.machine(name).address);
  const reaches = nodes.map((node) => `timeout 2 bash -c 'exec 3<>/dev/tcp/${node}/4222 && head -c 20 <&3'`);
  const looks = [
    `cat ${key} /proc/1/root${key} /workspace/../../../../../nats/runner-${RUNNER}.nk`,
    `ls ${path.dirname(key)} ${runner.data}`,
    `cat /proc/*/environ /proc/*/cmdline | tr '\\0' '\\n' | grep -aE '(^|=)S[U][A-Z2-7]{50}|^tls:'`,
    ...reaches,
  ];
  const command = `(${looks.join("; ")}) 2> /dev/null; echo end`;
  expect(await server.ask({ ...at, what: "run", command })).toMatchObject({ value: { stdout: "end\n" } });

  const network = { hosts: [...nodes.map((node) => `${node}:4222`), "*.example.org:4222"] };
  const asked = [...nodes.map((node) => `${ASK_PROXY} ${node}:4222`), ...reaches].join("; ");
  const answer = await server.ask({ ...at, what: "run", command: `(${asked}) 2> /dev/null; echo end`, network });
  expect(answer).toMatchObject({
    value: { stdout: `${"HTTP/1.1 403\n".repeat(nodes.length)}end\n`, network: { connections: 0 } },
  });
  await Promise.all([runner, server].map(({ end }) => end()));
});
