/** Programs in real sandboxes, with the server's half and the runner's half in this process. */
import fs from "node:fs";
import { createServer } from "node:http";
import { connect, constants } from "node:http2";
import os from "node:os";
import path from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { createSandbox } from "../../sandbox/sandbox";
import { testedSandbox } from "../../sandbox/testing/tested";
import type { SnapshotStore } from "../../snapshots/port";
import { createSnapshotStore } from "../../snapshots/store";
import type { Terminals } from "../../terminals/port";
import { createTerminals } from "../../terminals/terminals";
import { WorkspaceError } from "../../workspace/path";
import type { WorkplaceAgents, WorkplaceServers } from "../port";
import { remoteWorkplace } from "../remote";
import { type Loopback, loopback } from "../testing/loopback";
import { RunnerLane } from "./lane";
import { joined, remoteProgram } from "./remote";

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-programs-")));
let sandbox: ReturnType<typeof createSandbox>;
let terminals: Terminals;
let runner: Loopback;
let agents: WorkplaceAgents;
let servers: WorkplaceServers;
let store: SnapshotStore;
let root: string;
let activities = 0;
const { signal } = new AbortController();

beforeEach(() => {
  const folder = fs.mkdtempSync(path.join(base, "test-"));
  sandbox = createSandbox({ tested: testedSandbox });
  terminals = createTerminals(sandbox);
  runner = loopback(path.join(folder, "runner"), sandbox, terminals);
  root = path.join(folder, "runner/workspaces/tree");
  fs.mkdirSync(root, { recursive: true });
  const own = path.join(folder, "server");
  const place = { tree: "tree", task: "task-1", owner: null, hiddenPaths: [], isElsewhere: true as const };
  const view = { ...place, root: path.join(own, "workspaces/tree"), cacheDir: path.join(own, "cache/tree") };
  store = createSnapshotStore({ dir: path.join(own, "snapshots") });
  ({ codingAgents: agents, servers } = remoteWorkplace(view, { caller: runner, store }));
});
afterEach(async () => {
  await terminals.close();
  await store.close();
  await runner.store.close();
  sandbox.close();
});

const NODE = "/node";

function start(command: string, socket = "/nowhere") {
  return agents.start("tester", 1, {
    command,
    // Node may be in a folder that the sandbox does not show by itself.
    readOnly: [{ source: path.dirname(process.execPath), at: NODE }],
    env: { GIVEN: "given" },
    forward: { socket, port: 3129 },
    limits: {},
    signal,
    onActivity: () => {
      activities += 1;
    },
  });
}

test("a program on a runner reads, writes and ends as one of this machine does", async () => {
  const program = await start('read line; echo "$GIVEN $line"; echo wrong >&2; echo file > made.txt; exit 3');
  program.stdin.end("words\n");
  const [said, wrong] = await Promise.all([text(program.stdout), text(program.stderr)]);
  expect([said, wrong]).toEqual(["given words\n", "wrong\n"]);
  expect(await program.ended).toEqual({ exitStatus: 3 });
  expect(fs.readFileSync(path.join(root, "made.txt"), "utf8")).toBe("file\n");
});

test("large input and output arrive whole", async () => {
  const program = await start("cat");
  const much = "0123456789abcdef".repeat(200_000);
  program.stdin.end(much);
  expect((await text(program.stdout)) === much).toBe(true);
  expect(await program.ended).toEqual({ exitStatus: 0 });
});

test("a stream that is destroyed right after its last byte ends what reads from it", async () => {
  const from = new Readable({ read: () => undefined });
  const to = new PassThrough({ highWaterMark: 1 });
  joined(from, to);
  from.push("last");
  await new Promise<void>((resolve) => to.once("readable", () => resolve()));
  from.push(null);
  from.destroy();
  expect(await text(to)).toBe("last");
});

test("its connections end at the server's socket, several at once", async () => {
  const socket = path.join(fs.mkdtempSync(path.join(base, "s-")), "models.sock");
  const server = createServer((request, response) => {
    void text(request).then((body) => response.end(`${request.url} ${body.length}`));
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => void server.close());
  const ask = (name: string) => `fetch("http://127.0.0.1:3129/${name}", { method: "POST", body: "x".repeat(300000) })`;
  const all = `Promise.all([${["a", "b", "c"].map(ask).join(", ")}]).then((all) => Promise.all(all.map((one) => one.text())))`;
  const program = await start(`${NODE}/node -e '${all}.then((texts) => console.log(texts.join(" ")))'`, socket);
  const [said, wrong] = await Promise.all([text(program.stdout), text(program.stderr)]);
  expect([said, wrong]).toEqual(["/a 300000 /b 300000 /c 300000\n", ""]);
});

test("where nothing listens on the server, its connections end", async () => {
  // Not `fetch`: it may forget a connection that ends at once, and Node 20 ends with nothing left to wait for.
  const asks = 'require("http").get("http://127.0.0.1:3129/").on("response", () => console.log("answered"))';
  const program = await start(`${NODE}/node -e '${asks}.on("error", () => console.log("refused"))'`);
  expect(await text(program.stdout)).toBe("refused\n");
});

test("it is ended with all that it started, and its files can be synchronised while it runs", async () => {
  const program = await start("(while :; do :; done) & echo ready; sleep 1000");
  await new Promise<void>((resolve) => program.stdout.once("data", () => resolve()));
  await program.synchronise();
  await expect.poll(() => activities).toBeGreaterThan(0);
  await program.kill();
  expect(await program.ended).toMatchObject({ exitStatus: null });
  await expect(program.synchronise()).rejects.toThrow("The program has ended");
});

test("a program that cannot start says why, and one that ends at once tells its status", async () => {
  const hidden = agents.start("tester", 1, {
    command: "true",
    readOnly: [{ source: "/does/not/exist", at: "/opt/agent" }],
    env: {},
    forward: { socket: "/nowhere", port: 3129 },
    limits: {},
    signal,
    onActivity: () => undefined,
  });
  await expect(hidden).rejects.toThrow();
  expect(await (await start("exit 7")).ended).toEqual({ exitStatus: 7 });
});

test("a tool server sees its program's files, read-only, and the tree's folder by its rules; the files travel once", async () => {
  const source = fs.mkdtempSync(path.join(base, "package-"));
  fs.writeFileSync(path.join(source, "words.txt"), "of the package\n");
  fs.writeFileSync(path.join(root, "a.txt"), "of the tree\n");
  const say = async (command: string, readOnlyWorkspace: boolean) => {
    const program = await servers.start({ command, readOnly: [{ source, at: "/opt/mcp" }], readOnlyWorkspace });
    program.stdin.end("asked\n");
    return (await text(program.stdout)) + (await text(program.stderr));
  };
  expect(await say("cat; cat /opt/mcp/words.txt a.txt; echo made > b.txt", false)).toBe(
    "asked\nof the package\nof the tree\n",
  );
  const refused = await say("touch /opt/mcp/x; touch c.txt", true);
  expect(refused.match(/Read-only file system/g)).toHaveLength(2);
  expect(fs.readdirSync(root)).not.toContain("c.txt");
  expect(runner.asked.filter(({ operation }) => operation === "receive")).toHaveLength(1);
});

test("a tool server that names a folder of the server's machine is refused, and nothing starts", async () => {
  const start = servers.start({ command: "true", folders: ["/srv/data"] });
  await expect(start).rejects.toThrow("it uses the folder /srv/data of the server's machine");
  expect(runner.asked).toEqual([]);
});

test("a runner that takes its streams back, and one that speaks nonsense, end nothing but the program", async () => {
  const talk = (speak: (lane: RunnerLane) => void) =>
    remoteProgram(
      (lane, receive, ends) => {
        const runner = new RunnerLane({
          send: (number, data) => receive(String(number), Buffer.from(data).toString("base64")),
          onInput: (hear) =>
            lane.carry(async (data) => {
              hear(Buffer.from(data));
              return "taken";
            }),
        });
        runner.on("error", () => undefined);
        speak(runner);
        return new Promise((_, reject) => {
          ends.addEventListener("abort", () => reject(new WorkspaceError("It was given up.")));
        });
      },
      { socket: "/nowhere", signal: AbortSignal.timeout(2_000), onActivity: () => undefined },
    );
  const takenBack = talk((runner) => {
    const session = connect("http://server", { createConnection: () => runner });
    session.on("error", () => undefined);
    for (const name of ["stdin", "stdout", "stderr", "control", "forward", "other"]) {
      const stream = session.request({ ":method": "POST", ":path": `/${name}` });
      stream.on("error", () => undefined);
      stream.close(constants.NGHTTP2_CANCEL);
    }
  });
  const ended = takenBack.then(({ ended: end }) => end).catch((error: unknown) => error);
  expect(await ended).toMatchObject({ message: "It was given up." });
  const nonsense = talk((runner) => void runner.write("nonsense".repeat(100_000)));
  await expect(nonsense).rejects.toThrow("It was given up.");
});
