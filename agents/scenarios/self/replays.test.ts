/** Replays of ended trees before the trial of a new version. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { doesDecide } from "@/core/rules/replays";
import type { ReplayedTree, Trial as ShownTrial } from "@/core/shapes/improving/trials";
import { call, endTask } from "@/tests/agents/replies";
import { gate, logOf, requestsOf, tester, toldIn, trialsOfThisFile, until } from "@/tests/agents/scenario";
import type { Reply, ScriptedRequest } from "@/tests/agents/services/script";
import type { Trial, TrialOptions } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();
const CANDIDATE = "Count the spoons twice.";
const HOUR_MS = 3_600_000;

const judged = (request: ScriptedRequest): Reply => {
  const outcome = toldIn(request).includes("The spoons are wrong") ? "fail" : "pass";
  return endTask(JSON.stringify({ outcome, reasons: ["It was counted."] }));
};
const isCandidate = ({ system }: ScriptedRequest) => system.includes(CANDIDATE);
const RIGHT = endTask("The spoons are right.");
const WRONG = endTask("The spoons are wrong.");
const numberOf = ({ instruction }: ScriptedRequest) => Number(/work (\d+)/.exec(instruction)?.[1]);

const proposes = call("propose_agent", { name: "coder", instruction: CANDIDATE, why: "Wrongly counted.", wait: false });

type Coder = (request: ScriptedRequest) => Reply | Promise<Reply>;

/** Lets a task propose a version of the agent coder, after which it waits for `release`. All trees are replayed. */
async function prepared(coder: Coder, more: TrialOptions = {}, release = Promise.resolve()): Promise<Trial> {
  const trial = await start(
    {
      root: async ({ turn }) => {
        if (turn === 0) return proposes;
        await release;
        return turn === 1 ? call("list_agents", {}) : endTask("proposed");
      },
      "@coder": coder,
      "@task_evaluator": judged,
    },
    { ...more, env: { MAX_CONCURRENT_AGENTS: "8", BANYAN_TRIAL_REPLAYS: "40", ...more.env } },
  );
  await changeAgent(trial, "worker", { tools: ["propose_agent", "list_agents"] });
  return trial;
}

/** Runs trees until this many of each half have ended. */
async function worked(trial: Trial, ofEach: number, more: object = {}): Promise<string[]> {
  const made: string[] = [];
  const count = (decides: boolean) => made.filter((id) => doesDecide(id) === decides).length;
  while (count(true) < ofEach || count(false) < ofEach) {
    const { id } = await trial.submit({ task: `work ${made.length}`, agent: "coder", ...more });
    await trial.ended(id);
    made.push(id);
  }
  return made;
}

/** Lets the task propose, and approves. Resolves with the proposing tree and the sentence. */
async function approved(trial: Trial): Promise<{ tree: string; sentence: string }> {
  const tree = (await trial.submit({ task: "root", agent: "worker" })).id;
  const { commands, queries } = trial.runtime.application;
  const item = await until(async () => (await queries.listReviews({ open: true })).items[0], "the proposal is there");
  const { sentence } = await commands.decide({ id: item.id, decision: "approved", reason: "" }, tester);
  return { tree, sentence };
}

const shown = async (trial: Trial): Promise<ShownTrial> => {
  const [found] = await trial.runtime.application.queries.listTrials();
  if (!found) throw new Error("There is no trial.");
  return found;
};
const check = (trial: Trial) => trial.worker?.replays.check();

/** Checks until the replays have ended. */
const replayed = (trial: Trial) =>
  until(async () => {
    await check(trial);
    const found = await shown(trial);
    return found.status !== "replaying" && found;
  }, "the replays have ended");

const replaysIn = ({ replays }: ShownTrial): ReplayedTree["live"][] =>
  (replays?.trees ?? []).flatMap(({ live, candidate }) => [live, candidate]);

test("a version that breaks what worked is refused by replays, and no tree of a person ever got it", async () => {
  const release = gate();
  const trial = await prepared((request) => (isCandidate(request) ? WRONG : RIGHT), {}, release.opened);
  const ended = await worked(trial, 2);
  const { tree, sentence } = await approved(trial);
  expect(sentence).toContain("Ended trees are replayed with it first");
  expect((await shown(trial)).status).toBe("replaying");
  // New trees use the live version while ended ones are replayed.
  const meanwhile = await trial.submit({ task: "work 99", agent: "coder" });
  await trial.ended(meanwhile.id);
  expect(requestsOf(trial, "work 99").some(isCandidate)).toBe(false);

  const after = await replayed(trial);
  expect(after).toMatchObject({ status: "bad", outcome: "replays", ended_by: "Banyan", replays: { state: "done" } });
  expect(after.candidate.started).toBe(0);
  const decided = after.replays?.decides;
  expect(decided?.live.trees).toBeGreaterThanOrEqual(2);
  expect([decided?.live.passed, decided?.candidate.passed]).toEqual([decided?.live.trees, 0]);
  for (const { source_id, decides } of after.replays?.trees ?? []) {
    expect(ended).toContain(source_id);
    expect(decides).toBe(doesDecide(source_id));
  }
  // The proposer reads that it was refused, with the half that it may see, and nothing of the other.
  release.open();
  await trial.ended(tree);
  const told = toldIn(requestsOf(trial, "root").at(-1));
  expect(told).toContain("which you proposed, is refused");
  for (const { source_id, decides } of after.replays?.trees ?? []) {
    if (decides) expect(told).not.toContain(source_id);
    else expect(told).toContain(`tree ${source_id}: the live version passed, yours failed`);
  }
  // It is not offered again.
  const again = await trial.ended((await trial.submit({ task: "root", agent: "worker" })).id);
  expect(again.status).toBe("succeeded");
  const answer = JSON.stringify(
    requestsOf(trial, "root")
      .filter(({ turn }) => turn === 1)
      .at(-1)?.lastToolResults,
  );
  expect(answer).toContain("taken back");
  expect(answer).toContain("the live version passed, yours failed");
  expect(trial.faults).toEqual([]);
}, 600_000);

test("a version that is as good goes on trial; replays are in no list, in no count, and cost the day", async () => {
  const trial = await prepared(() => RIGHT);
  const { queries } = trial.runtime.application;
  await worked(trial, 2);
  const before = await queries.getAgent("coder");
  await approved(trial);
  const after = await replayed(trial);
  expect(after).toMatchObject({ status: "trial", replays: { state: "done" }, live: { started: 0 } });
  const replays = replaysIn(after);
  expect(replays.length).toBeGreaterThanOrEqual(8);
  expect(new Set(replays.map(({ status }) => status))).toEqual(new Set(["passed"]));
  const listed = (await queries.listTrees()).items.map(({ id }) => id);
  for (const { tree_id } of replays) expect(listed).not.toContain(tree_id);
  expect(await queries.getAgent("coder")).toEqual(before);
  const spent = trial.runtime.store.client.sqlite
    .prepare("SELECT sum(tokens) FROM daily_spend WHERE person = 'Banyan (replay)'")
    .pluck();
  expect(spent.get()).toBeGreaterThan(0);
  // Each version ran where it should.
  for (const { live, candidate } of after.replays?.trees ?? []) {
    for (const { tree_id, side } of [live, candidate]) {
      const { root_task_id } = await queries.getTree(tree_id ?? "");
      const setup = (await logOf(trial, root_task_id))[0]?.content;
      expect(setup).toMatchObject({ replay: true, agentVersion: side === "live" ? 1 : 2, rights: ["read", "write"] });
    }
  }
  const [a, b] = [
    await trial.submit({ task: "work 1", agent: "coder" }),
    await trial.submit({ task: "work 2", agent: "coder" }),
  ];
  for (const { id } of [a, b]) await trial.ended(id);
  expect(await shown(trial)).toMatchObject({ live: { started: 1 }, candidate: { started: 1 } });
  expect(trial.faults).toEqual([]);
}, 600_000);

const needing = [
  call("ask", { question: "Which spoons?" }),
  call("write_file", { path: "spoons.txt", content: "12" }),
  call("propose_document", { name: "spoons", description: "What is known of spoons.", body: "12.", why: "Counted." }),
  call("web_fetch", { url: "https://example.org/" }),
];

test("a replay that asks does not count and asks nobody; one that reaches for the network is refused it", async () => {
  const trial = await prepared((request) => {
    if (!isCandidate(request) || request.turn > 0) return RIGHT;
    return needing[numberOf(request) % needing.length] as Reply;
  });
  await changeAgent(trial, "coder", { tools: ["web_fetch", "write_file", "propose_document"] });
  await trial.runtime.application.commands.setToolPolicy({ id: "write_file", policy: "ask" }, tester);
  await worked(trial, 2);
  await approved(trial);
  const after = await replayed(trial);
  const found = after.replays?.trees ?? [];
  const { queries } = trial.runtime.application;
  const asked = found.filter(({ candidate }) => candidate.why === "asked");
  const fetched = found.filter(({ candidate }) => candidate.why === null);
  const details = new Set<unknown>();
  for (const { candidate } of asked) {
    const { root_task_id } = await queries.getTree(candidate.tree_id ?? "");
    details.add((await logOf(trial, root_task_id)).at(-1)?.content.detail);
  }
  expect([...details].sort()).toEqual([
    "A replay asks nobody, and ask needs a person.",
    "A replay asks nobody, and propose_document needs a person.",
    "A replay asks nobody, and write_file needs a person.",
  ]);
  expect(fetched.length).toBeGreaterThan(0);
  expect((await queries.listReviews({ open: true })).items).toEqual([]);
  for (const { candidate } of fetched) {
    const { root_task_id } = await queries.getTree(candidate.tree_id ?? "");
    const results = (await logOf(trial, root_task_id)).filter(({ kind }) => kind === "tool_response");
    expect(JSON.stringify(results[0]?.content)).toContain("needs the right “network”");
  }
  expect(trial.faults).toEqual([]);
}, 600_000);

test("a replay begins with the files of then, in a folder of its own", async () => {
  const steps: Reply[] = [
    call("read_file", { path: "count.txt" }),
    call("write_file", { path: "count.txt", content: "changed" }),
    RIGHT,
  ];
  const trial = await prepared(({ turn }) => steps[turn] ?? RIGHT);
  await changeAgent(trial, "coder", { tools: ["read_file", "write_file"] });
  const folders: string[] = [];
  const made: string[] = [];
  while (made.filter(doesDecide).length === 0 || made.every(doesDecide)) {
    const folder = mkdtempSync(join(tmpdir(), "banyan-replays-"));
    folders.push(folder);
    writeFileSync(join(folder, "count.txt"), "begun");
    const { id } = await trial.submit({ task: `work ${made.length}`, agent: "coder", workspace: folder });
    await trial.ended(id);
    made.push(id);
    // A person goes on with the folder.
    writeFileSync(join(folder, "count.txt"), "a person's");
  }
  await approved(trial);
  const after = await replayed(trial);
  const replays = replaysIn(after);
  expect(replays.map(({ status }) => status)).toEqual(Array(2 * made.length).fill("passed"));
  const { queries } = trial.runtime.application;
  for (const { tree_id } of replays) {
    const { root_task_id, workspace } = await queries.getTree(tree_id ?? "");
    expect(folders).not.toContain(workspace);
    const responses = (await logOf(trial, root_task_id)).filter(({ kind }) => kind === "tool_response");
    expect(String(responses[0]?.content.text)).toContain("begun");
  }
  for (const folder of folders) {
    expect(readFileSync(join(folder, "count.txt"), "utf8")).toBe("a person's");
    rmSync(folder, { recursive: true });
  }
}, 600_000);

test("a tree that reached the network is not replayed; without one that can be, the trial begins at once", async () => {
  const trial = await prepared((request) =>
    request.turn === 0 ? call("web_fetch", { url: "https://example.invalid/" }) : RIGHT,
  );
  await changeAgent(trial, "coder", { tools: ["web_fetch"] });
  await trial.runtime.store.configuration.changePolicy(() => JSON.stringify({ levels: { network: "auto" } }));
  await worked(trial, 1);
  const { sentence } = await approved(trial);
  expect(sentence).toContain("is on trial");
  expect(await shown(trial)).toMatchObject({ status: "trial", replays: { state: "none", trees: [] } });
}, 600_000);

test("replays can be switched off by the setting", async () => {
  const trial = await prepared(() => RIGHT, { env: { BANYAN_TRIAL_REPLAYS: "0" } });
  await worked(trial, 1);
  await approved(trial);
  expect(await shown(trial)).toMatchObject({ status: "trial", replays: { state: "off" } });
}, 600_000);

/** A trial whose replays hang until the gate opens. */
async function hanging(more: TrialOptions = {}) {
  const held = gate();
  let isHeld = false;
  const trial = await prepared(async () => {
    if (isHeld) await held.opened;
    return RIGHT;
  }, more);
  await worked(trial, 2);
  isHeld = true;
  await approved(trial);
  await check(trial);
  const running = replaysIn(await shown(trial)).filter(({ status }) => status === "running");
  expect(running.length).toBe(2);
  return { trial, running: running.map(({ tree_id }) => tree_id ?? ""), open: held.open };
}

test("switching changes by agents off stops replays, and on goes on with them", async () => {
  const { trial, running, open } = await hanging();
  const { commands, queries } = trial.runtime.application;
  await commands.switchSelfOff({ reason: "Wait." }, tester);
  await check(trial);
  for (const id of running) expect((await trial.ended(id)).status).toBe("stopped");
  await check(trial);
  expect(replaysIn(await shown(trial)).every(({ status }) => status === "waiting")).toBe(true);
  open();
  await commands.switchSelfOn({}, tester);
  const after = await replayed(trial);
  expect(after).toMatchObject({ status: "trial", replays: { state: "done" } });
  expect(replaysIn(after).every(({ status }) => status === "passed")).toBe(true);
  expect((await queries.listReviews({ open: true })).items).toEqual([]);
}, 600_000);

test("a person ends the trial while it replays, which stops the replays", async () => {
  const { trial, running } = await hanging();
  const { commands } = trial.runtime.application;
  await commands.endTrial({ id: (await shown(trial)).id, decision: "back" }, tester);
  await check(trial);
  for (const id of running) expect((await trial.ended(id)).status).toBe("stopped");
  const after = await shown(trial);
  expect(after).toMatchObject({ status: "bad", outcome: "person", replays: { state: "stopped" } });
  expect(replaysIn(after).every(({ status }) => status === "not_counted")).toBe(true);
}, 600_000);

test("after a day the trial begins with the replays that have ended", async () => {
  let aheadMs = 0;
  const { trial, running } = await hanging({ runtime: { now: () => Date.now() + aheadMs } });
  aheadMs = 24 * HOUR_MS + 1;
  await check(trial);
  const after = await shown(trial);
  expect(after).toMatchObject({ status: "trial", replays: { state: "done" } });
  expect(Date.parse(after.ends_at)).toBeGreaterThan(Date.now() + 14 * 24 * HOUR_MS);
  expect(replaysIn(after).every(({ why }) => why === "time")).toBe(true);
  for (const id of running) expect((await trial.ended(id)).status).toBe("stopped");
}, 600_000);
