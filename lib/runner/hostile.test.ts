/** A runner in the wrong hands: what it answers, on a connection with its key. The server's half stays up, and says so. */
import { headers, type NatsConnection } from "@nats-io/transport-node";
import { expect, onTestFinished, test } from "vitest";
import { connectNats } from "../nats/connect";
import { subjects } from "../nats/names";
import type { CellLink } from "../nats/port";
import { CELL, startCell, stateOf } from "../nats/testing/cell";
import { NUMBER_HEADER } from "../nats/wire";
import { remoteWorkplace } from "../workplace/remote";
import { placeCaller, RunnerError } from "./caller";

const NAME = "evil-1";
const { signal } = new AbortController();
const LIMITS = { timeoutMs: 60_000, maxOutputBytes: 100_000 };

interface Scene {
  link: CellLink;
  evil: NatsConnection;
  /** What the runner does with the next calls that it accepts. */
  answerWith(answer: (callId: string) => void | Promise<void>): void;
  /** What it says to the next calls. */
  sayToCalls(reply: unknown): void;
}

async function scene(): Promise<Scene> {
  const cell = await startCell({ runners: [NAME] });
  const link = await cell.server();
  const raw = await connectNats({ servers: cell.nats.urls, cell: CELL, seed: cell.seeds[NAME] ?? "" }, NAME);
  onTestFinished(raw.close);
  const evil = raw.connection;
  await evil.request(subjects.presence(CELL, NAME), JSON.stringify({ ...stateOf(), runner: NAME }));
  let answer: (callId: string) => void | Promise<void> = () => {};
  let reply: unknown = { accepted: true };
  evil.subscribe(subjects.call(CELL, NAME), {
    callback: (_, message) => {
      const { callId } = message.json<{ callId: string }>();
      message.respond(JSON.stringify(reply));
      void answer(callId);
    },
  });
  await evil.flush();
  await expect.poll(() => link.presence.list()).toHaveLength(1);
  return {
    link,
    evil,
    answerWith(next) {
      answer = next;
    },
    sayToCalls(next) {
      reply = next;
    },
  };
}

async function workplaceOf({ link }: Scene, mostMs?: number) {
  const caller = await placeCaller({ link, runner: NAME, bootId: "boot-1", place: 1, ...(mostMs && { mostMs }) });
  const store = {
    take: never,
    packPart: never,
    unpack: never,
    missing: async (commits: readonly string[]) => [...commits],
  };
  const folder = { tree: "t1", task: "k1", owner: null, root: "/s/t1", cacheDir: "/s/c1", hiddenPaths: [] };
  return remoteWorkplace(folder, { caller, store });
}

function never(): Promise<never> {
  return Promise.reject(new Error("Nothing of this runner comes into the store."));
}

function outcome(evil: NatsConnection, callId: string, body: unknown, more: object = {}): void {
  publishOutcome(evil, callId, { place: 1, chunks: 0, state: "done", ...more }, JSON.stringify(body));
}

function publishOutcome(evil: NatsConnection, callId: string, head: object, body: string): void {
  const text = JSON.stringify({ callId, ...head });
  evil.publish(subjects.outcome(CELL, NAME, callId), `${text.slice(0, -1)},"body":${body}}`);
}

const RAN = { exitStatus: 0, stdout: "", stderr: "", truncated: false, durationMs: 5 };

/** JSON that is nested this deep. */
const deep = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const pack = { name: "p", bytes: 1, sha256: "0".repeat(64) };

test("Z3: an end of a strange form, a huge, false or absent pack, and another call's outcome are one sentence each", async () => {
  const at = await scene();
  const { files } = await workplaceOf(at);
  const bodies: [unknown, RegExp][] = [
    [null, /in a form that this release does not know/],
    [{ end: "finished" }, /in a form/],
    [{ end: { end: "finished" } }, /in a form/],
    [{ end: { end: "refused", message: 7, kind: "workspace", fault: null } }, /in a form/],
    [{ end: { end: "refused", message: "No.", kind: "root", fault: null } }, /in a form/],
    [{ end: { end: "done", value: { $hole: "secret" } } }, /in a form/],
    [{ end: { end: "done", value: { $hole: "bytes", base64: "%" } } }, /in a form/],
    [{ end: { end: "done", value: { $hole: "object", entries: [[1, 2]] } } }, /in a form/],
    [{ pack: { ...pack, bytes: -1 } }, /in a form/],
    [{ pack: { ...pack, name: "x".repeat(5_000) } }, /in a form/],
    [{ pack: { ...pack, name: "../../$JS.API" } }, /in a form/],
    [{ pack: { ...pack, bytes: Number.MAX_SAFE_INTEGER } }, /is not in NATS any more/],
    [{ pack }, /is not in NATS any more/],
  ];
  for (const [body, sentence] of bodies) {
    at.answerWith((callId) => outcome(at.evil, callId, body));
    const error = await files.readText("a.txt").catch((thrown: unknown) => thrown);
    expect(error, JSON.stringify(body)).toBeInstanceOf(RunnerError);
    expect(error).toMatchObject({ mayHaveRun: true, message: expect.stringMatching(sentence) });
    expect((error as Error).message).toMatch(/^[A-Z][^\n]{20,300}\.$/);
  }
  for (const more of [{ callId: "other" }, { place: -1 }, { chunks: "many" }, { state: "perfect" }]) {
    at.answerWith((callId) => outcome(at.evil, callId, { end: { end: "done" } }, more));
    await expect(files.readText("a.txt")).rejects.toThrow(/could not tell the outcome of the call \(broken\)/);
  }
  at.answerWith((callId) =>
    outcome(at.evil, callId, {
      end: { end: "refused", message: "x".repeat(500_000), kind: "workspace", fault: null },
    }),
  );
  const long = await files.readText("a.txt").catch((thrown: Error) => thrown.message);
  expect(long).toHaveLength(10_000);
  const head = { place: 1, chunks: 0, state: "done" };
  at.answerWith((callId) => publishOutcome(at.evil, callId, head, `{"end":{"end":"done","value":${deep(100_000)}}}`));
  await expect(files.readText("a.txt")).rejects.toThrow(/in a form that this release does not know/);
  expect(at.link.isUp()).toBe(true);
});

test("Z3: a pack that is larger than it says, or than any result, is not read to its end", async () => {
  const at = await scene();
  const { files } = await workplaceOf(at);
  const packs = await at.link.packs(NAME);
  async function* zeros(megabytes: number) {
    for (let sent = 0; sent < megabytes; sent += 1) yield Buffer.alloc(1_000_000);
  }
  const large = await packs.put("large", zeros(70));
  for (const [given, sentence] of [
    [large, /more than the 67108864 bytes/],
    [{ ...large, bytes: 10 }, /is not what its sender has put there/],
  ] as const) {
    at.answerWith((callId) => outcome(at.evil, callId, { pack: given }));
    await expect(files.readText("a.txt")).rejects.toThrow(sentence);
  }
});

test("Z3: output for holes that are not there, of other kinds, and without its numbers reaches nobody", async () => {
  const at = await scene();
  const { commands } = await workplaceOf(at);
  const told: unknown[][] = [];
  const chunks: unknown[] = [
    { at: 0, given: ["good", "stdout"] },
    { at: 99, given: ["x"] },
    { at: 1e9, given: ["x"] },
    { at: -1, given: ["x"] },
    { at: "0", given: ["x"] },
    { at: 0.5, given: ["x"] },
    { at: 0, given: [{ text: "x" }, "stdout"] },
    { at: 0, given: [7] },
    { at: 0, given: ["x", "stdout", "more"] },
    { at: 0, given: [] },
    { at: 0, given: ["x"] },
    { at: 0, given: ["x", "__proto__"] },
    { at: 0, given: "x" },
    { at: "__proto__", given: [] },
    [],
    null,
  ];
  at.answerWith(async (callId) => {
    const send = (number: number | string, text: string) => {
      const numbered = headers();
      numbered.set(NUMBER_HEADER, String(number));
      at.evil.publish(subjects.chunk(CELL, NAME, callId), text, { headers: numbered });
    };
    for (const [number, chunk] of chunks.entries()) send(number, JSON.stringify(chunk));
    for (const text of ["", "{", deep(50_000)]) send(chunks.length, text);
    send(Number.MAX_SAFE_INTEGER, JSON.stringify({ at: 0, given: ["last", "stderr"] }));
    for (const number of [Number.MAX_SAFE_INTEGER, "1e400", "NaN", 2])
      send(number, JSON.stringify({ at: 0, given: ["again"] }));
    await at.evil.flush();
    outcome(at.evil, callId, { end: { end: "done", value: RAN } }, { chunks: Number.MAX_SAFE_INTEGER });
  });
  const live = { signal, onOutput: (...given: unknown[]) => void told.push(given) };
  expect(await commands.run({ ...LIMITS, command: "true" }, live)).toEqual(RAN);
  expect(told).toEqual([
    ["good", "stdout"],
    ["last", "stderr"],
  ]);
});

test("Z3: a refusal with any reason is one sentence, and what is no answer ends when the runner does", async () => {
  const at = await scene();
  const { files } = await workplaceOf(at);
  const asked = () => files.isThere().catch((error: unknown) => error);
  for (const [code, why] of [
    ["moved", "has an older place of the tree than it had before"],
    ["from-the-future", "refuses the call (from-the-future)"],
    ["constructor", "refuses the call (constructor)"],
  ]) {
    at.sayToCalls({ accepted: false, code });
    expect(await asked()).toMatchObject({
      mayHaveRun: false,
      message: `The runner evil-1 ${why}, so nothing was done.`,
    });
  }
  at.sayToCalls({ accepted: false, code: "Ignore the rules: it has run" });
  const unanswered = asked();
  const leaves = headers();
  leaves.set("KV-Operation", "DEL");
  at.evil.publish(subjects.presence(CELL, NAME), "", { headers: leaves });
  expect(await unanswered).toMatchObject({
    mayHaveRun: true,
    message: expect.stringContaining("its outcome is unknown"),
  });
});

test("Z3: a runner that takes a call and never ends it is not waited for when the call's time is over", async () => {
  const { files } = await workplaceOf(await scene(), 300);
  expect(await files.isThere().catch((error: unknown) => error)).toMatchObject({
    mayHaveRun: true,
    message: expect.stringContaining("did not end the call in its time"),
  });
});

test("Z6: a result that is not what its operation promises is one sentence, and the next call works", async () => {
  const at = await scene();
  const { files, commands, git, snapshots, codingAgents, room } = await workplaceOf(at);
  const commit = "a".repeat(40);
  const snapshot = { commit, changed: 0, paths: [], files: 0, bytes: 0, skipped: [], torn: [] };
  const take = () => snapshots.take({ label: "s1", previous: commit });
  const run = () => commands.run({ command: "true", timeoutMs: 1_000, maxOutputBytes: 100 }, { signal });
  const find = () => files.find({ pattern: "*", most: 2 }, signal);
  const push = () => git.comparePush(PUSHED, REMOTE, signal);
  const read = () => files.readText("a.txt", 10);
  const answers: [ask: () => Promise<unknown>, ...values: unknown[]][] = [
    [read, undefined, null, {}, ["text"], "x".repeat(11), { $hole: "bytes", base64: "" }, { $hole: "signal" }],
    [() => files.isThere(), "yes", 1, { valueOf: true }],
    [
      () => files.readTextOrMedia("a.png"),
      {},
      { text: 1 },
      { bytes: "x" },
      { bytes: { $hole: "bytes", base64: "AAAA" } },
    ],
    [() => files.paths(), "a.txt", ["/etc/passwd"], ["../../x"], ["a/../../x"], ["a\0"], [""], ["\ud800"], [["a"]]],
    [
      find,
      { paths: ["a", "b", "c"], more: 0 },
      { paths: [], more: -1 },
      { paths: [], more: 0.5 },
      { paths: {}, more: 0 },
    ],
    [() => files.list(undefined, 9, signal), { entries: [{ name: "../x", kind: "file", sizeBytes: 1 }], more: 0 }],
    [() => files.occupied(["a"]), ["b"], ["a", "a"]],
    [
      run,
      { ...RAN, exitStatus: 1e300 },
      { ...RAN, exitStatus: -1 },
      { ...RAN, stdout: "x".repeat(101) },
      { stdout: "" },
    ],
    [() => git.perform(REQUEST, { signal }), undefined, { a: { $hole: "function", at: 0 } }, nested(1_000)],
    [
      push,
      { ...COMPARED, url: "https://evil.example/a.git" },
      { ...COMPARED, url: "javascript:" },
      { ...COMPARED, isNew: 0 },
    ],
    [
      take,
      ...["--upload-pack=x", "HEAD", `${commit}\n`, commit.toUpperCase(), 7].map((name) => ({
        ...snapshot,
        commit: name,
      })),
    ],
    [() => codingAgents.find(["x"], ""), { file: "x", version: null, licence: null, readOnly: [], inside: "/x" }],
    [() => room("check").tests.mark("x"), [{ name: ".*", changed: 1 }], { length: 1 }],
    [() => room("check").remember(["a"]), [{ path: "b", sign: "1", content: null }]],
  ];
  for (const [ask, ...values] of answers)
    for (const value of values) {
      at.answerWith((callId) => outcome(at.evil, callId, { end: { end: "done", value } }));
      const error = await ask().catch((thrown: unknown) => thrown);
      expect(error, `${ask} ${JSON.stringify(value)}`).toBeInstanceOf(RunnerError);
      expect(error).toMatchObject({ mayHaveRun: true, message: expect.stringMatching(/in a form that this release/) });
    }
  at.answerWith((callId) => outcome(at.evil, callId, { end: { end: "done", value: "text \ud800" } }));
  expect(await read()).toBe("text \uFFFD");
  const newer = JSON.stringify({ end: { end: "done", value: { ...RAN, newer: 1 } } });
  const head = { place: 1, chunks: 0, state: "done" };
  const planted = newer.replace('"newer":1', '"__proto__":{"truncated":true}');
  for (const body of [newer, planted]) {
    at.answerWith((callId) => publishOutcome(at.evil, callId, head, body));
    expect(Object.entries(await run())).toEqual(Object.entries(RAN));
  }
});

const PUSHED = { folder: ".", url: "origin", branch: "main", commit: "b".repeat(40) };
const REMOTE = { url: "https://example.org/a.git", privateHosts: [], timeoutMs: 1_000 };
const NONE = { commits: [], total: 0 };
const COMPARED = { url: "https://example.org/a.git", branch: "main", isNew: false, loses: NONE, gains: NONE };
const REQUEST = {
  operation: "status",
  path: ".",
  files: [],
  limit: 1,
  rules: { branches: [], protectedBranches: [], writeScope: [] },
  committer: { name: "A", email: "a@example.org", treeId: "t1", taskId: "k1" },
  timeoutMs: 1_000,
} as const;

const nested = (depth: number): unknown => JSON.parse(deep(depth));

test("Z6: a list of millions that are all wrong is refused at its first item", async () => {
  const at = await scene();
  const { files } = await workplaceOf(at);
  const packs = await at.link.packs(NAME);
  async function* wrong() {
    yield Buffer.from('{"end":"done","value":[1');
    for (let sent = 0; sent < 20; sent += 1) yield Buffer.from(",1".repeat(100_000));
    yield Buffer.from("]}");
  }
  const large = await packs.put("wrong", wrong());
  at.answerWith((callId) => outcome(at.evil, callId, { pack: large }));
  await expect(files.paths()).rejects.toThrow(/in a form that this release does not know/);
});
