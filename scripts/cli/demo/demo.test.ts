/** `demo` as a process: a person signs in, approves the one edit, and ends it. */
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import type { GoalView } from "@/core/shapes/goals";
import type { Review, Task, Tree } from "@/core/shapes/shapes";
import { isAlive } from "@/lib/process/identity";
import { ensureAllBuiltApart } from "@/scripts/build.mjs";
import { banyan, buildPrograms, startBanyan } from "@/scripts/testing/command-line";

buildPrograms();

/** Resolves when `look` returns something. */
const until = <T>(look: () => Promise<T | undefined>) =>
  vi.waitUntil(async () => (await look()) ?? false, { timeout: 100_000, interval: 100 }) as Promise<T>;

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "banyan-demo-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Visitor {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
}

/** Signs in as a browser does. */
async function visit(link: string): Promise<Visitor> {
  const { origin } = new URL(link);
  const signedIn = await fetch(link, { method: "POST", redirect: "manual", headers: { origin } });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((each) => each.split(";")[0])
    .join("; ");
  const call = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${origin}/api/v1/${path}`, {
      ...init,
      headers: { cookie, origin, "content-type": "application/json" },
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return {
    get: (path) => call(path),
    post: (path, body) => call(path, { method: "POST", body: JSON.stringify(body) }),
  };
}

test("a visitor sees a tree grow, approves its edit, gets its result, and Ctrl-C leaves nothing", async () => {
  await ensureAllBuiltApart();
  const place = temporary();
  // The person's own settings, which must not reach the demo.
  const env = { TMPDIR: place, ANTHROPIC_API_KEY: "sk-of-the-person", BANYAN_DATA_DIR: join(place, "own") };
  const demo = startBanyan(["demo", "--json", "--pace", "0"], { env });
  await demo.says('"link"');
  const { link } = JSON.parse(demo.output.stdout);
  const visitor = await visit(link);

  const treeOf = async (title: string) =>
    (await visitor.get<{ items: Tree[] }>("trees")).items.find((tree) => tree.title.includes(title));
  const live = await until(() => treeOf("discount codes"));
  const edit = await until(async () => (await visitor.get<{ items: Review[] }>("reviews")).items.at(0));
  expect(edit).toMatchObject({ kind: "approval", tree_id: live.id });
  await visitor.post(`reviews/${edit.id}/approve`, {});
  const ended = await until(async () => {
    const tree = await visitor.get<Tree & { tasks: Task[] }>(`trees/${live.id}`);
    return tree.ended_at ? tree : undefined;
  });
  expect(ended).toMatchObject({ status: "succeeded", totals: { tasks: 5, cost_usd: 0 } });
  const root = await visitor.get<Task>(`tasks/${live.root_task_id}`);
  expect(root.verdict?.claims).toEqual([expect.objectContaining({ mark: "shown", exit_status: 0 })]);

  const goal = await until(async () => {
    const tree = await treeOf("invoices");
    return tree?.ended_at ? visitor.get<Tree & { goal: GoalView }>(`trees/${tree.id}`) : undefined;
  });
  expect([goal.status, goal.goal.rounds.map(({ verdict }) => verdict)]).toEqual(["succeeded", ["better", "better"]]);

  const own = await visitor.post<Tree>("trees", { task: "Write a poem" });
  const answer = await until(async () => {
    const tree = await visitor.get<Tree>(`trees/${own.id}`);
    return tree.ended_at ? visitor.get<Task>(`tasks/${tree.root_task_id}`) : undefined;
  });
  expect(answer).toMatchObject({ status: "failed", result: expect.stringContaining("This is a scripted demo") });

  demo.child.kill("SIGINT");
  expect(await demo.done).toMatchObject({ status: 0 });
  await expect(fetch(link)).rejects.toThrow("fetch failed");
  expect([readdirSync(place), existsSync(join(place, "own"))]).toEqual([[], false]);
}, 240_000);

test.each([
  ["a kill", (demo: ChildProcess) => void demo.kill("SIGKILL")],
  [
    "Ctrl-C twice",
    (demo: ChildProcess) => {
      demo.kill("SIGINT");
      demo.kill("SIGHUP");
    },
  ],
])(
  "nothing is left after %s",
  async (_, end) => {
    await ensureAllBuiltApart();
    const place = temporary();
    const demo = startBanyan(["demo", "--json", "--pace", "0"], { env: { TMPDIR: place } });
    await demo.says('"link"');
    const { link, data } = JSON.parse(demo.output.stdout) as { link: string; data: string };
    const { pid } = JSON.parse(readFileSync(join(data, "server.json"), "utf8")) as { pid: number };
    expect(isAlive(pid)).toBe(true);
    end(demo.child);
    await demo.done;
    await vi.waitFor(() => expect([isAlive(pid), readdirSync(place)]).toEqual([false, []]), { timeout: 30_000 });
    await expect(fetch(link)).rejects.toThrow("fetch failed");
  },
  120_000,
);

test("a folder with something in it stays as it is", async () => {
  const folder = temporary();
  writeFileSync(join(folder, "notes.md"), "mine\n");
  const { status, stderr } = await banyan(["demo", "--data", folder]);
  expect([status, stderr, readdirSync(folder)]).toEqual([
    2,
    `The folder ${folder} is not empty: name a new folder with --data, or leave --data out.\n`,
    ["notes.md"],
  ]);
});
