/** The whole way of two agents' changes of Banyan, on the real product under load: one is better and one is worse. */
import path from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import type { ReviewItem } from "@/core/shapes/review";
import type { Review, Tree } from "@/core/shapes/shapes";
import { tellLauncher } from "@/launcher/home.mjs";
import { readJournal } from "@/launcher/journal.mjs";
import { releaseIn } from "@/launcher/testing/checkout";
import { agentScript, type Reply } from "@/tests/agents/provider-script";
import { call, endTask, passed } from "@/tests/agents/replies";
import { startScriptedProvider } from "@/tests/agents/scripted-provider";
import { startWhole, type WholeProduct } from "./testing/whole-product";

/** Like a person's limits, but in seconds. */
const QUICK = {
  healthyMs: 0,
  apartMs: 0,
  pollMs: 200,
  bootPollMs: 100,
  watchMs: 10_000,
  watchPollMs: 500,
  bootMs: 300_000,
  startMs: 300_000,
  spareBytes: 0,
};
/** One command and one test stand for all gates: `gates` tests each of them. */
const GATES = `guarded: ["launcher/**"]
commands:
  rules: grep -q Bearer server/doors.ts
tests:
  run: node --test --test-reporter=tap checks/
  some: node --test --test-reporter=tap $BANYAN_TEST_FILES
  first: { files: ["checks/**"] }
  report: { format: tap }
sentinels: false
mutation: false
`;
const CHECK = `import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

test("a search has an end", () => assert.match(readFileSync("agents/tools/files/find-files.ts", "utf8"), /FOUND_MAX/));
`;

const BETTER = {
  path: "server/doors.ts",
  old_text: 'Bearer realm="Banyan"',
  new_text: 'Bearer realm="Banyan, improved"',
};
/** It works in its rehearsal and in small tasks, and crashes in the third call of this tool on trial. */
const WORSE = {
  path: "agents/tools/files/find-files.ts",
  old_text: "const request = { pattern, path, hidden, noIgnore, most: FOUND_MAX };",
  new_text: `const request = { pattern, path, hidden, noIgnore, most: FOUND_MAX };
      calls += 1;
      if (calls === 3 && process.env.BANYAN_LAUNCH?.includes('"isTrial":true')) process.exit(7);`,
};
const COUNT = {
  path: "agents/tools/files/find-files.ts",
  old_text: "const FOUND_MAX = 1000;",
  new_text: "const FOUND_MAX = 1000;\nlet calls = 0;",
};

/** It has no flag, so the first part of the gates is enough for a proposal. */
const REWORDED = {
  path: "agents/tools/files/find-files.ts",
  old_text: "const FOUND_MAX = 1000;",
  new_text: "/** More than a model reads. */\nconst FOUND_MAX = 1000;",
};

/** A change of code also touches a seed, which needs a separate approval. */
const seedOf = (name: string) => ({
  path: `seeds/agents/${name}.md`,
  old_text: "\nmodel: inherit\n",
  new_text: "\nmodel: inherit\neffort: low\n",
});

const propose = (title: string) =>
  call("propose_change", {
    title,
    why: "In tree abc123 five people did not see who answered.",
    expects: { metric: "questions", direction: "down", amount: "all", measured: "count questions after a week" },
  });

/** The scripted model's answers. Trees of `worker` work until they may end. */
function model(mayEnd: Set<string>) {
  const changes = (edits: object[], title: string) => [
    ...edits.map((edit) => call("edit_file", edit)),
    call("check_change", {}),
    propose(title),
    endTask("proposed"),
  ];
  return agentScript({
    banyan_developer: ({ instruction, turn }) => {
      const replies = instruction.includes("Improve")
        ? changes([BETTER, seedOf("coder")], "The door says who answers")
        : instruction.includes("Reword")
          ? changes([REWORDED], "The search says why it ends")
          : changes([COUNT, WORSE, seedOf("researcher")], "The search counts its calls");
      return replies[turn] ?? endTask("too many turns");
    },
    worker: ({ instruction, turn }): Reply =>
      [...mayEnd].some((name) => instruction.includes(name))
        ? endTask("done")
        : { ...call("find_files", { pattern: `*.${turn}` }), delayMs: 200 },
    task_evaluator: [passed()],
    "*": endTask("noted"),
  });
}

/** Asks without a pause, as people do, until `stop`, which resolves with the number of answers. Rejects when a request fails. */
function visitors(port: number, count: number) {
  let isOver = false;
  let answered = 0;
  const asking = Array.from({ length: count }, async (_, at) => {
    while (!isOver) {
      const address = `http://127.0.0.1:${port}/${at % 2 === 0 ? "health" : "signin"}`;
      const answer = await fetch(address, { headers: { connection: "close" } });
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`${address} has status ${answer.status}: ${text}`);
      answered += 1;
    }
  });
  const all = Promise.all(asking);
  all.catch(() => {});
  onTestFinished(() => {
    isOver = true;
  });
  return {
    stop: async () => {
      isOver = true;
      await all;
      return answered;
    },
  };
}

const REPOSITORY = { url: "banyan:self" };

/** Lets an agent propose, and a person approve. Resolves with the review item. */
async function approved({ api }: WholeProduct, task: string): Promise<ReviewItem> {
  await api<Tree>("trees", { task, agent: "banyan_developer", repository: REPOSITORY });
  const open = () => api<{ items: Review[] }>("reviews?open=1");
  await expect.poll(async () => (await open()).items.length, { timeout: PATIENCE_MS, interval: 500 }).toBe(1);
  const [review] = (await open()).items;
  const item = await api<ReviewItem>(`reviews/${review?.id}/item`);
  await api(`reviews/${review?.id}/approve`, { reason: "Good." });
  return item;
}

/** Waits until a release has reached its end. Without a wall, as under root, a person confirms it on the machine. */
async function endOf({ home }: WholeProduct, n: number): Promise<string> {
  const isOver = () => ["permanent", "bad", "dropped"].includes(releaseIn(home, n)?.state ?? "");
  const poll = async () => {
    if (/releases confirm/.test(releaseIn(home, n)?.waits ?? ""))
      await tellLauncher(home, { command: "confirm", n, by: "Ann" });
    return isOver();
  };
  await expect.poll(poll, { timeout: PATIENCE_MS, interval: 200 }).toBe(true);
  return releaseIn(home, n)?.state ?? "";
}

const PATIENCE_MS = 600_000;
const SEED_ITEM = "Change the agent coder: seed of release 2";

test(
  "a change is proposed, judged, approved, released and served while trees work; a worse one is taken back by itself",
  async () => {
    const mayEnd = new Set<string>();
    const provider = await startScriptedProvider(model(mayEnd), { record: false });
    onTestFinished(() => provider.close());
    const whole = await startWhole({
      model: provider.url,
      gates: GATES,
      files: { "checks/found.test.mjs": CHECK },
      limits: QUICK,
    });
    const { api, port, home, data } = whole;
    const realm = async () =>
      (await fetch(`http://127.0.0.1:${port}/api/v1/trees`, { headers: { connection: "close" } })).headers.get(
        "www-authenticate",
      );
    const release = async () =>
      ((await (await fetch(`http://127.0.0.1:${port}/health`)).json()) as { release: number }).release;
    const begin = (task: string) => api<Tree>("trees", { task, agent: "worker", grant: { tokens: 500_000_000 } });
    const ended = async ({ id }: Tree) => (await api<Tree>(`trees/${id}`)).status;
    const through = await begin("Work through the switch");
    expect([await release(), await realm()]).toEqual([1, 'Bearer realm="Banyan"']);

    const load = visitors(port, 2);
    const { proposal } = await approved(whole, "Improve the door.");
    expect(proposal?.change?.gates.find(({ gate }) => gate === "rules")).toMatchObject({
      outcome: "passed",
      faults: 0,
    });
    expect([await endOf(whole, 2), releaseIn(home, 2)?.why]).toEqual(["permanent", null]);
    expect(await load.stop()).toBeGreaterThan(0);
    expect([await release(), await realm()]).toEqual([2, 'Bearer realm="Banyan, improved"']);
    // The release's text of a seed waits for a person, and is not installed before.
    const items = async () => (await api<{ items: Review[] }>("reviews?open=1")).items;
    const effort = async () => (await api<{ effort: string | null }>("agents/coder")).effort;
    await expect.poll(async () => (await items()).map(({ title }) => title)).toEqual([SEED_ITEM]);
    expect(await effort()).toBeNull();
    const [{ id = "" } = {}] = await items();
    expect((await api<ReviewItem>(`reviews/${id}/item`)).proposal?.seed).toMatchObject({
      file: "seeds/agents/coder.md",
      release: 2,
      title: "The door says who answers",
    });
    await api(`reviews/${id}/approve`, {});
    await expect.poll(async () => (await items()).length).toBe(0);
    mayEnd.add("through the switch");
    await expect.poll(() => ended(through)).toBe("succeeded");

    const back = await begin("Work through the way back");
    await approved(whole, "Spoil the search.");
    expect([await endOf(whole, 3), releaseIn(home, 3)?.why]).toEqual(["bad", "It ended with status 7."]);
    await expect.poll(() => release().catch(() => null)).toBe(2);
    mayEnd.add("through the way back");
    await expect.poll(() => ended(back).catch(() => null)).toBe("succeeded");
    expect(await realm()).toBe('Bearer realm="Banyan, improved"');
    // The release that was taken back leaves no review item for its seed.
    expect(await items()).toEqual([]);

    // The tree's work during the trial is still there, and the former release has folded it.
    const journal = readJournal(home).filter((line) => line.release?.n === 3);
    const atOf = (what: string) => Date.parse(journal.find((line) => line.what === what)?.at ?? "");
    const sqlite = new Database(path.join(data, "banyan.db"), { readonly: true });
    onTestFinished(() => void sqlite.close());
    const rows = sqlite
      .prepare(
        "SELECT count(*) FROM messages WHERE tree_id = (SELECT id FROM trees WHERE uid = ?) AND created_at_ms BETWEEN ? AND ?",
      )
      .pluck()
      .get(back.id, atOf("watch"), atOf("bad"));
    expect(Number(rows)).toBeGreaterThanOrEqual(4);
    expect(releaseIn(home, 3)?.trial?.steps).toEqual(["command", "approval"]);
    expect(journal.map(({ what }) => what).slice(-4)).toEqual(["trial", "start", "watch", "bad"]);

    // A change of a sentence waits for the first part of the gates only, and the launcher runs all of them in its trial.
    const reworded = await approved(whole, "Reword the search.");
    expect(reworded.proposal?.change?.gates.find(({ gate }) => gate === "old_tests")).toMatchObject({ later: true });
    expect([await endOf(whole, 4), releaseIn(home, 4)?.why]).toEqual(["permanent", null]);
    expect(releaseIn(home, 4)?.trial?.whole).toBe("The whole gates passed it in 1 min.");
  },
  4 * PATIENCE_MS,
);
