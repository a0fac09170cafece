/** What the launcher's trial of a release meets: canaries through the real worker, and the probe on a database in use. */
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { followLauncher, laterOrders } from "@/agents/boot/follow-launcher";
import { settleTrial } from "@/agents/self/releases";
import { checkAudit } from "@/db/audit/audit-check";
import { CANARY_PERSON } from "@/db/people/canary";
import { beginWatcher } from "@/db/people/watcher";
import { createAuth } from "@/lib/auth/auth";
import type { Launch, TakenBack } from "@/lib/process/launch";
import { probe, watched } from "@/tests/agents/release-watch";
import { endTask } from "@/tests/agents/replies";
import { gate, trialsOfThisFile, until } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";

const start = trialsOfThisFile();

test("a release on trial claims canaries only, until it may claim all; canaries leave nothing behind", async () => {
  const trial = await start({ root: endTask("done") }, { work: false });
  const { queries } = trial.runtime.application;
  const waiting = await trial.submit({ task: "root", agent: "worker" });
  const { orders } = await watched(trial);
  const canaries = () => trial.runtime.store.queries.trees.madeBy(CANARY_PERSON);
  for (const nonce of ["nonce-1", "nonce-2"]) {
    orders.canary(nonce, false);
    const reading = await probe(trial, "look", "--canary", nonce, "--wait", "60000", "--since", "0", "--cursor", "0");
    // The task of a person is ready, and a slot is free: only the release's claims tell whether it works on it.
    expect(reading).toMatchObject({ canary: "done", ready: 1, claims: 0, broken: 0, unfolded: null, halted: false });
    await until(() => canaries().length === 1, "earlier canaries are gone");
  }
  expect((await queries.getTask(waiting.root_task_id)).status).toBe("ready");
  orders.claim();
  expect((await trial.ended(waiting.id)).status).toBe("succeeded");
  expect((await probe(trial, "look")).claims).toBeGreaterThan(0);
  orders.removeCanaries();
  await until(() => canaries().length === 0, "the last canary is gone");
});

describe("the pages of a release on trial are opened by somebody who may only look", () => {
  /** A server that asks who comes in, as the real one does, and answers as the test says. */
  async function server({ runtime: { store } }: Trial, answer: (path: string) => number) {
    const who: (string | null)[] = [];
    const cookies: string[] = [];
    const http = createServer(async (request, response) => {
      const { port } = http.address() as AddressInfo;
      const actor = await createAuth({ store: store.people, port }).authenticate(request.headers.cookie);
      who.push(actor && `${actor.name}: ${actor.role}`);
      cookies.push(request.headers.cookie ?? "");
      response.writeHead(answer(request.url ?? "")).end();
    });
    await once(http.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void http.close());
    return {
      url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
      port: (http.address() as AddressInfo).port,
      who,
      cookies,
    };
  }

  test("each answer is told; the session and its user are gone afterwards, and the audit names them", async () => {
    const trial = await start(null, { work: false });
    const { store } = trial.runtime;
    const tree = await trial.submit({ task: "root", agent: "worker" });
    const { url, port, who, cookies } = await server(trial, (path) => (path === "/operations" ? 500 : 200));
    const { pages } = await probe(trial, "look", url);
    expect(pages.map(({ name, status }: { name: string; status: number }) => [name, status])).toEqual([
      ["Home", 200],
      ["a tree", 200],
      ["Reviews", 200],
      ["Operations", 500],
      ["the API", 200],
      ["the socket", 200],
    ]);
    expect(new Set(who)).toEqual(new Set(["Banyan (watch): viewer"]));
    expect(tree.id).not.toBe("");
    const auth = createAuth({ store: store.people, port });
    expect(await auth.authenticate(cookies[0])).toBeNull();
    expect(store.people.users()).toEqual([]);
    const { items } = store.audit.list({ limit: 1 });
    expect(items[0]).toMatchObject({ actor: "Banyan (watch)", action: "signIn" });
    expect(await checkAudit(store.audit)).toMatchObject({ ok: true });
  });

  test("the audit has one row when the looks of a trial begin, and one with their counts when they have ended", async () => {
    const trial = await start(null, { work: false });
    const { store } = trial.runtime;
    const { url } = await server(trial, () => 200);
    const rows = () => store.audit.list({ limit: 50, actor: "Banyan (watch)" }).items.map(({ action }) => action);
    for (const _ of [1, 2]) await probe(trial, "look", url);
    expect(rows()).toEqual(["signIn"]);
    const counts = { release: 7, asked: 12, failed: 1 };
    for (const _ of [1, 2]) await store.people.endWatch(counts);
    expect(rows()).toEqual(["signOut", "signIn"]);
    expect(JSON.parse(store.audit.list({ limit: 1 }).items[0]?.detail ?? "")).toEqual(counts);
    await probe(trial, "look", url);
    expect(rows()).toEqual(["signIn", "signOut", "signIn"]);
    expect(await checkAudit(store.audit)).toMatchObject({ ok: true });
  });

  test("a look that is killed leaves nobody who could be taken for the first person", async () => {
    const trial = await start(null, { work: false });
    const { people } = trial.runtime.store;
    const sqlite = new Database(join(trial.dataDir, "banyan.db"));
    onTestFinished(() => void sqlite.close());
    beginWatcher(sqlite, "0".repeat(64), Date.now());
    const first = await people.admit({ uid: "u1", email: "ann@example.org", name: "Ann", isFirst: true });
    expect(first?.role).toBe("admin");
  });
});

test("a canary that was never claimed is missed, and one while everything is paused is not waited for", async () => {
  const trial = await start(null, { work: false });
  expect(await probe(trial, "look", "--canary", "nobody", "--wait", "100")).toMatchObject({
    canary: "missing",
    free: 3,
  });
  await trial.runtime.store.halts.begin("Ann", "lunch");
  const reading = await probe(trial, "look", "--canary", "nobody", "--wait", "600000");
  expect(reading).toMatchObject({ canary: "missing", halted: true });
});

test("draining lets turns end and says what a call or a command waits for", async () => {
  const open = gate();
  const trial = await start({ root: () => open.opened.then(() => endTask("done")) }, { work: false });
  const tree = await trial.submit({ task: "root", agent: "worker" });
  const { orders, worker, said } = await watched(trial);
  orders.claim();
  await until(() => worker.active() === 1, "the task runs");
  // A model call is asked again by the next release, so it is not waited for in the end.
  orders.drain({ turnMs: 50, callMs: 600_000 });
  await until(() => said.length === 1, "the launcher hears of it");
  expect(said).toEqual([null]);
  orders.resume();
  open.open();
  expect((await trial.ended(tree.id)).status).toBe("succeeded");
});

/** A candidate's folder with one more migration. */
function candidate(sql: string): string {
  const folder = mkdtempSync(join(tmpdir(), "banyan-candidate-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync("drizzle", join(folder, "drizzle"), { recursive: true });
  writeFileSync(join(folder, "drizzle", "9999_more.sql"), sql);
  const file = join(folder, "drizzle", "meta", "_journal.json");
  const journal = JSON.parse(readFileSync(file, "utf8"));
  journal.entries.push({ idx: 9_999, version: "6", when: Date.now(), tag: "9999_more", breakpoints: true });
  writeFileSync(file, JSON.stringify(journal));
  return folder;
}

test("the probe applies only migrations that add, in a database that a server uses", async () => {
  const trial = await start({ root: endTask("done") });
  const before = (await probe(trial, "look")).schema;
  expect((await probe(trial, "expand", candidate("ALTER TABLE `tasks` DROP COLUMN `detail`;"))).refused).toMatch(
    /9999_more/,
  );
  expect((await probe(trial, "look")).schema).toBe(before);
  const grown = await probe(trial, "expand", candidate("ALTER TABLE `trees` ADD `mood` text;"));
  expect(grown).toEqual({ schema: (await probe(trial, "look")).schema, level: 1 });
  expect(grown.schema).not.toBe(before);
  // What one release has added stays, and the release without it goes on.
  expect(await probe(trial, "expand", candidate("ALTER TABLE `trees` ADD `mood` text;"))).toEqual(grown);
  expect((await trial.ended((await trial.submit({ task: "root", agent: "worker" })).id)).status).toBe("succeeded");
});

test("a column dropped at run time comes back, rows of the trial stay, and a tree begun in it finishes", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-mend-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const first = await start({ root: endTask("done") }, { dataDir, work: false });
  const old = await first.submit({ task: "root", agent: "worker" });
  const { schema } = await probe(first, "look");
  mkdirSync(join(dataDir, "backups"), { recursive: true });
  const snapshot = join(dataDir, "snapshot.db");
  expect(await probe(first, "snapshot", snapshot)).toEqual({});
  const begun = await first.submit({ task: "root", agent: "worker" });
  await first.runtime.close();
  const sqlite = new Database(join(dataDir, "banyan.db"));
  sqlite.exec("ALTER TABLE tasks DROP COLUMN detail");
  sqlite.close();
  expect((await probe(first, "look")).schema).not.toBe(schema);
  expect((await probe(first, "mend", "--schema", schema, "--snapshot", snapshot)).mended).toMatch(
    /Brought back: tasks.detail\./,
  );
  expect(await probe(first, "mend", "--schema", schema, "--snapshot", snapshot)).toEqual({ mended: null });
  const second = await start({ root: endTask("done") }, { dataDir });
  for (const { id } of [old, begun]) expect((await second.ended(id)).status).toBe("succeeded");
});

test("what a trial failed by its own faults is tried again, and the reviewers read it", async () => {
  const trial = await start({ root: endTask("done") }, { work: false });
  const { store } = trial.runtime;
  const tree = await trial.submit({ task: "root", agent: "worker" });
  const sqlite = new Database(join(trial.dataDir, "banyan.db"));
  const { worker } = await watched(trial);
  worker.workOn("all");
  await trial.ended(tree.id);
  await worker.stop(0);
  sqlite.prepare("UPDATE tasks SET status = 'failed', reason = 'internal' WHERE parent_id IS NULL").run();
  sqlite
    .prepare(
      `INSERT INTO reviews (uid, tree_id, task_id, kind, title, detail, status, created_at_ms)
       SELECT 'item-1', tree_id, id, 'proposal', 't', 'd', 'approved', 0 FROM tasks LIMIT 1`,
    )
    .run();
  sqlite.close();
  const taken = { n: 4, item: "item-1", why: "It ended with status 3.", startedMs: 0, mended: "" };
  const text = await settleTrial(store, taken);
  expect(text).toBe(
    "Release 4 was taken back. It ended with status 3. 1 of the tasks that it had failed is tried again.",
  );
  expect(store.comments.of("item-1").map(({ text: said }) => said)).toEqual([text]);
  expect((await trial.runtime.application.queries.getTask(tree.root_task_id)).status).toBe("ready");
});

describe("what the next start puts right after a trial", () => {
  const takenBack: TakenBack = { n: 4, item: "item-1", why: "It ended with status 3.", startedMs: 0, mended: "" };

  async function follow(isTrial: boolean, settle?: () => Promise<string>) {
    const trial = await start(null, { work: false });
    const { worker } = await watched(trial);
    const settled: number[] = [];
    const faults: string[] = [];
    const channel = {
      ready() {},
      doing() {},
      ask() {},
      release() {},
      drained() {},
      settled: (n: number) => void settled.push(n),
    };
    const numbers = { asked: 12, failed: 1, slow_ms: 4, before_ms: 3 };
    const bad = {
      n: 4,
      state: "bad" as const,
      commit: null,
      item: "item-1",
      made_at: "",
      why: null,
      waits: null,
      trial_since: "",
      numbers,
      needs_confirmation: false,
    };
    const status = { halted: null, notice: null, persons_at: null, releases: [bad] };
    const sqlite = new Database(join(trial.dataDir, "banyan.db"));
    beginWatcher(sqlite, "0".repeat(64), Date.now());
    sqlite.close();
    const launch: Launch = {
      home: "/nowhere",
      number: 1,
      release: 5,
      instance: "i",
      launcherPid: 1,
      launcherStarted: "",
      holdsPort: false,
      isTrial,
      isWatched: false,
      status,
      takenBack,
    };
    const orders = laterOrders(() => {});
    const runtime = settle ? { ...trial.runtime, settleTrial: settle } : trial.runtime;
    const report = (message: string) => void faults.push(message);
    onTestFinished(await followLauncher(runtime, worker, { channel, launch, orders, say() {}, report }));
    return { settled, faults, orders, store: trial.runtime.store };
  }

  test("is put right although the review item was deleted with its tree", async () => {
    const { settled, faults } = await follow(false);
    await until(() => settled.length > 0 || faults.length > 0, "it is put right");
    expect([settled, faults]).toEqual([[4], []]);
  });

  test("ends the watch in the audit, with what the launcher counted", async () => {
    const { store } = await follow(false);
    const ended = () => store.audit.list({ limit: 9, action: "signOut" }).items[0];
    await until(() => ended() !== undefined, "the end is written");
    expect(JSON.parse(ended()?.detail ?? "")).toEqual({ release: 4, asked: 12, failed: 1 });
  });

  test("does not keep the release from starting when it fails", async () => {
    const { settled, faults } = await follow(false, () => Promise.reject(new Error("a broken row")));
    await until(() => faults.length > 0, "the fault is told");
    expect(settled).toEqual([]);
  });

  test("is put right by a new version of a person, too, once that is permanent", async () => {
    const { settled, orders } = await follow(true);
    expect(settled).toEqual([]);
    orders.passOn.makePermanent();
    await until(() => settled.length > 0, "it is put right");
  });
});
