/** P7: seeds that agents changed in a release come before a person as proposals of configuration, each once. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Actor, ownerCalled } from "@/core/rules/roles";
import type { AgentsRelease } from "@/core/shapes/improving/self";
import { insertSmallTree } from "@/db/testing/small-tree";
import { applySeeds, changedSeeds } from "@/seeds/apply";
import { trialsOfThisFile } from "@/tests/agents/scenario";
import type { Trial, TrialOptions } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";
import { proposeSeeds } from "../../self/seed-proposals";

const start = trialsOfThisFile();
const ADMIN = ownerCalled("Ann");
const MEMBER: Actor = { id: "user:2", name: "mia@example.com", role: "reviewer" };
const FROM = "Do the task in your instruction";
const TO = "Do what your instruction says";
const WORKER = "seeds/agents/worker.md";
const JUDGE = "seeds/agents/task_evaluator.md";

/** A server whose release holds `seeds`, a copy of this checkout's, which a test changes as agents did. */
async function release(options: TrialOptions = { work: false }) {
  const trial = await start(null, options);
  const folder = mkdtempSync(join(tmpdir(), "banyan-held-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const own = join(folder, "seeds");
  for (const kind of ["agents", "documents", "tools", "runbooks"])
    cpSync(join("seeds", kind), join(own, kind), { recursive: true });
  const pathOf = (file: string) => join(folder, file);
  return {
    trial,
    said: [] as string[],
    edit(file: string, from: string, to: string) {
      writeFileSync(pathOf(file), readFileSync(pathOf(file), "utf8").replace(from, to));
    },
    write: (file: string, text: string) => writeFileSync(pathOf(file), text),
    remove: (file: string) => rmSync(pathOf(file)),
    read: (file: string) => readFileSync(pathOf(file), "utf8"),
    /** What a start of release `n` does, which is permanent. */
    async begin(held: string[], releases: AgentsRelease[] = [], n = 3) {
      // A release that holds nothing is a person's: the one from before, to which somebody goes back.
      const seeds = held.length === 0 ? "seeds" : own;
      await applySeeds(trial.runtime.store.configuration, seeds, (file) => held.includes(file));
      const changed = await changedSeeds(seeds, held, (line) => {
        this.said.push(line);
      });
      return proposeSeeds(trial.runtime.store, changed, { n, releases });
    },
  };
}

type Held = Awaited<ReturnType<typeof release>>;

const made = (n: number, item: string, state: AgentsRelease["state"]): AgentsRelease => ({
  n,
  state,
  commit: null,
  item,
  made_at: "2030-01-01T00:00:00.000Z",
  why: null,
  waits: null,
  trial_since: null,
  numbers: null,
  needs_confirmation: false,
});

/** A change of code that a person has approved, in a tree that has ended. */
async function approvedCode({ trial }: Held, item: string, files: string[], tainted = false): Promise<void> {
  const { store } = trial.runtime;
  await insertSmallTree(store, { uid: `${item}tree`, instruction: "Change Banyan.", workspace: trial.dataDir });
  const { sqlite } = store.client;
  sqlite.prepare("UPDATE tasks SET ended_at_ms = 1, status = 'succeeded' WHERE uid = ?").run(`${item}tree-root`);
  sqlite
    .prepare(`
      INSERT INTO reviews (uid, tree_id, task_id, kind, title, detail, blast_radius, uncertainty, status, facts, created_at_ms,
        decided_at_ms)
      SELECT ?, tree_id, id, 'proposal', '', '', 5, 4, 'approved', ?, 0, 1000 FROM tasks WHERE uid = ?`)
    .run(item, JSON.stringify(tainted ? { tainted } : {}), `${item}tree-root`);
  const body = { title: "Agents waste fewer words", files: files.map((path) => ({ path, change: "modified" })) };
  sqlite
    .prepare(`
      INSERT INTO proposals (review_id, kind, name, body, hash, why, status, proposed_by, created_at_ms)
      SELECT id, 'code', '', ?, '', ?, 'approved', 'banyan_developer', 0 FROM reviews WHERE uid = ?`)
    .run(JSON.stringify(body), "Words cost money.\nNobody edited it.", item);
}

const live = ({ runtime }: Trial, label: string) =>
  runtime.store.configuration.live().find((entry) => `${entry.kind} ${entry.name}` === label);
const openItems = async ({ runtime }: Trial) =>
  (await runtime.application.queries.listReviews({ open: true })).items.map(({ id, title }) => ({ id, title }));
const itemOf = ({ runtime }: Trial, id: string, actor = ADMIN as Actor) =>
  runtime.application.queries.getReviewItem(id, actor);
async function decide({ runtime }: Trial, decision: "approved" | "rejected", id: string, actor = ADMIN as Actor) {
  return runtime.application.commands.decide({ id, decision, reason: "" }, actor);
}

test("a changed seed is one proposal, which names release, code and file, and shows old and new text; approved, it is live", async () => {
  const held = await release();
  const { trial } = held;
  await approvedCode(held, "code1", ["core/a.ts", WORKER], true);
  held.edit(WORKER, FROM, TO);
  const before = live(trial, "agent worker");
  const begin = () => held.begin([WORKER], [made(2, "code1", "permanent")]);
  expect(await begin()).toEqual([]);
  // A second start, or one after a kill, makes no second one.
  await Promise.all([begin(), begin()]);
  const [only, ...more] = await openItems(trial);
  expect(more).toEqual([]);
  expect(only?.title).toBe("Change the agent worker: seed of release 2");
  expect(live(trial, "agent worker")).toEqual(before);

  const item = await itemOf(trial, only?.id ?? "");
  expect(item).toMatchObject({
    review: { tree_id: "code1tree", task_id: "code1tree-root" },
    may_not: { decide: null, approve: null },
    proposal: {
      kind: "agent",
      name: "worker",
      proposed_by: "banyan_developer",
      base_version: 1,
      tainted: true,
      stale: false,
      seed: { file: WORKER, release: 2, item: "code1", title: "Agents waste fewer words", removes: false },
    },
  });
  expect(item.proposal?.why).toContain("Release 2, “Agents waste fewer words”, changes seeds/agents/worker.md.");
  expect(item.proposal?.why).toContain("in the words of its agent:\n\n> Words cost money.\n> Nobody edited it.");
  expect(item.seq).toBeNull();
  expect(item.follows.approve).toBe(
    "Version 2 of the agent worker is live for new tasks; running tasks keep their version.",
  );
  expect(item.follows.reject).toContain("what is installed stays");
  const part = item.proposal?.parts.find(({ name }) => name === "instruction");
  expect([part?.before?.includes(FROM), part?.after.includes(TO), part?.after.includes(FROM)]).toEqual([
    true,
    true,
    false,
  ]);

  const { sentence } = await decide(trial, "approved", only?.id ?? "");
  expect(sentence).toContain("Version 2 of the agent worker is live.");
  expect(live(trial, "agent worker")).toMatchObject({ version: 2, edited: true });
  await begin();
  expect(await openItems(trial)).toEqual([]);
});

test("approved where a model judges, it goes on trial first, and needs no letter to a task", async () => {
  const held = await release({ script: () => ({ text: "" }), work: false });
  const { trial } = held;
  await approvedCode(held, "code1", [WORKER]);
  held.edit(WORKER, FROM, TO);
  await held.begin([WORKER]);
  const [item] = await openItems(trial);
  expect((await itemOf(trial, item?.id ?? "")).follows.approve).toContain("goes on trial");
  await decide(trial, "approved", item?.id ?? "");
  expect(live(trial, "agent worker")?.version).toBe(1);
  expect(await trial.runtime.application.queries.listTrials()).toMatchObject([
    { kind: "agent", name: "worker", status: "trial", review_id: item?.id },
  ]);
});

test("a seed as it is installed makes no proposal, and what a person rejected is not proposed again", async () => {
  const held = await release();
  const { trial } = held;
  await approvedCode(held, "code1", [WORKER, JUDGE]);
  held.edit(WORKER, FROM, TO);
  await held.begin([WORKER, JUDGE]);
  const [item, ...more] = await openItems(trial);
  expect([item?.title, more]).toEqual(["Change the agent worker: seed of release 3", []]);
  await decide(trial, "rejected", item?.id ?? "");
  await held.begin([WORKER, JUDGE]);
  // Also not by another release with exactly this text, while the same version is live.
  await approvedCode(held, "code2", [WORKER]);
  await held.begin([WORKER]);
  expect(await openItems(trial)).toEqual([]);
  expect(live(trial, "agent worker")?.version).toBe(1);
});

test("a person's edit survives until a person approves, and the proposal says what it was made from", async () => {
  const held = await release();
  const { trial } = held;
  await approvedCode(held, "code1", [WORKER]);
  await changeAgent(trial, "worker", { instruction: "Mine." });
  held.edit(WORKER, FROM, TO);
  await held.begin([WORKER]);
  const [first] = await openItems(trial);
  const item = await itemOf(trial, first?.id ?? "");
  expect(item.proposal?.why).toContain(
    "Version 2, which is installed, is an edit by tester. This proposal was made from the file of the release, not from that version",
  );
  expect(item.proposal?.parts.find(({ name }) => name === "instruction")?.before).toBe("Mine.");
  // Edited again: it cannot be approved over what nobody saw, and the next start shows it against the new version.
  await changeAgent(trial, "worker", { instruction: "Mine, too." });
  await expect(decide(trial, "approved", first?.id ?? "")).rejects.toThrow(
    "The agent worker has changed since this was proposed: the next start of the server proposes it again, against what is installed then.",
  );
  await held.begin([WORKER]);
  const [second, ...more] = await openItems(trial);
  expect([second?.id === first?.id, more]).toEqual([false, []]);
  expect(live(trial, "agent worker")).toMatchObject({ version: 3, body: { instruction: "Mine, too." } });
  await decide(trial, "approved", second?.id ?? "");
  expect(JSON.stringify(live(trial, "agent worker")?.body)).toContain(TO);
});

test("a removed seed is a proposal to remove its entry, which is refused while it is needed, and can be undone", async () => {
  const held = await release();
  const { trial } = held;
  const files = ["seeds/agents/coder.md", "seeds/documents/goal_guide.md", "seeds/tools/web_fetch.json", WORKER];
  await approvedCode(held, "code1", files);
  for (const file of files) held.remove(file);
  await held.begin(files);
  const items = new Map((await openItems(trial)).map(({ id, title }) => [title.split(":")[0], id]));
  expect([...items.keys()].sort()).toEqual([
    "Remove the agent coder",
    "Remove the agent worker",
    "Remove the document goal_guide",
    "Remove the tool web_fetch",
  ]);
  const idOf = (what: string) => items.get(`Remove the ${what}`) ?? "";
  const refused = async (what: string, sentence: string) =>
    expect(decide(trial, "approved", idOf(what))).rejects.toThrow(sentence);
  await refused("agent worker", "The system starts the agent worker itself");
  await refused("document goal_guide", "Agents read the document goal_guide");
  await refused("tool web_fetch", "Agents have the tool web_fetch");
  const item = await itemOf(trial, idOf("agent coder"));
  expect(item.proposal).toMatchObject({ seed: { removes: true }, base_version: 1 });
  expect(item.proposal?.parts.every(({ after, editable }) => after === "" && !editable)).toBe(true);
  expect(item.follows.approve).toBe("The agent coder is removed; running tasks keep it, and its versions stay.");
  const [shown] = await trial.runtime.application.queries.listEntryProposals("agent", "coder");
  expect(shown).toMatchObject({ removes: true, fields: { name: "coder" } });
  const { commands, queries } = trial.runtime.application;
  const edited = commands.decide(
    { id: idOf("agent coder"), decision: "approved", reason: "", edited: { instruction: "Code." } },
    ADMIN,
  );
  await expect(edited).rejects.toThrow("there is nothing to edit");
  expect((await decide(trial, "approved", idOf("agent coder"))).sentence).toContain("The agent coder is removed.");
  expect(live(trial, "agent coder")).toBeUndefined();
  const decided = (await queries.listDecided()).items.find(({ id }) => id === idOf("agent coder"));
  expect(decided?.restorable).toBe("Restore version 1");
  await commands.restoreBefore({ id: idOf("agent coder") }, ADMIN);
  expect(live(trial, "agent coder")).toMatchObject({ version: 2 });
  // It is decided: a further start does not ask again.
  await held.begin(files);
  expect((await openItems(trial)).map(({ id }) => id)).not.toContain(idOf("agent coder"));
});

test("a built-in tool needs an admin, starts nothing, goes on no trial, and keeps a person's policy", async () => {
  const held = await release({ script: () => ({ text: "" }), work: false });
  const { trial } = held;
  const [tool, added] = ["seeds/tools/web_fetch.json", "seeds/tools/web_read.json"];
  await approvedCode(held, "code1", [tool, added, WORKER]);
  await trial.runtime.application.commands.setToolPolicy({ id: "web_fetch", policy: "ask" }, ADMIN);
  held.write(added, held.read(tool).replaceAll('"web_fetch"', '"web_read"'));
  held.edit(tool, '"optional": true', '"optional": false');
  held.edit(tool, '"policy": "inherit"', '"policy": "auto"');
  held.edit(WORKER, "tools: [", "tools: [web_read, ");
  await held.begin([tool, added, WORKER]);
  const items = new Map((await openItems(trial)).map(({ id, title }) => [title.split(":")[0], id]));
  expect([...items.keys()].sort()).toEqual([
    "Add the tool web_read",
    "Change the agent worker",
    "Change the tool web_fetch",
  ]);
  const idOf = (what: string) => items.get(what) ?? "";
  const item = await itemOf(trial, idOf("Change the tool web_fetch"), MEMBER);
  expect(item.may_not.approve).toContain("web_fetch is one of Banyan's own tools, so only an admin can change it.");
  expect(item.proposal?.parts.filter(({ before, after }) => before !== after)).toMatchObject([
    { name: "optional", before: "yes", after: "no" },
  ]);
  expect(item.proposal?.why).toContain("Its policy stays: ask.");
  expect(item.follows.approve).toBe(
    "Version 3 of the tool web_fetch is live for new tasks; running tasks keep their version.",
  );
  const refused = decide(trial, "approved", idOf("Add the tool web_read"), MEMBER);
  await expect(refused).rejects.toThrow("web_read is one of Banyan's own tools");
  // What is not there yet cannot be had.
  const early = decide(trial, "approved", idOf("Change the agent worker"));
  await expect(early).rejects.toThrow("The agent worker lists the tool web_read, which does not exist");
  for (const what of ["Change the tool web_fetch", "Add the tool web_read", "Change the agent worker"])
    await decide(trial, "approved", idOf(what));
  expect(live(trial, "tool web_fetch")).toMatchObject({ version: 3, body: { policy: "ask", optional: false } });
  expect((await trial.runtime.application.queries.listTrials()).map(({ name }) => name)).toEqual(["worker"]);
});

test("a judge that agents made milder is put before a person; its tools and rights need an admin", async () => {
  const held = await release();
  const { trial } = held;
  const reviewer = "seeds/agents/review_agent.md";
  await approvedCode(held, "code1", [JUDGE, reviewer]);
  held.edit(JUDGE, "---\nA task", "---\nWhen in doubt, the result passes.\n\nA task");
  held.edit(reviewer, "tools: [", "tools: [run_coding_agent, ");
  await held.begin([JUDGE, reviewer]);
  const mayNot = async (name: string) => {
    const item = (await openItems(trial)).find(({ title }) => title.includes(name));
    return (await itemOf(trial, item?.id ?? "", MEMBER)).may_not.approve;
  };
  expect(await mayNot("task_evaluator")).toBeNull();
  expect(await mayNot("review_agent")).toContain("review_agent is a system agent, so only an admin can change more");
  expect(JSON.stringify(live(trial, "agent task_evaluator"))).not.toContain("When in doubt");
});

test("going back withdraws what is open and nothing else; going forward again proposes it again, what was decided stays so", async () => {
  const held = await release();
  const { trial } = held;
  const files = [WORKER, "seeds/agents/coder.md", "seeds/agents/researcher.md"];
  await approvedCode(held, "code1", files);
  for (const file of files) held.write(file, `${held.read(file)}\nBe brief.\n`);
  await held.begin(files);
  const idOf = async (name: string) => (await openItems(trial)).find(({ title }) => title.includes(name))?.id ?? "";
  const first = await idOf("worker");
  await decide(trial, "approved", await idOf("coder"));
  await decide(trial, "rejected", await idOf("researcher"));
  expect(await openItems(trial)).toHaveLength(1);

  await held.begin([]);
  expect(await openItems(trial)).toEqual([]);
  expect((await itemOf(trial, first)).review.status).toBe("withdrawn");
  await expect(decide(trial, "approved", first)).rejects.toThrow("Already decided (withdrawn).");
  expect(live(trial, "agent coder")?.version).toBe(2);

  await held.begin(files);
  expect((await openItems(trial)).map(({ title }) => title)).toEqual(["Change the agent worker: seed of release 3"]);
  // A later release with another text of the same file replaces what nobody has decided.
  held.write(WORKER, `${held.read(WORKER)}\nBe kind.\n`);
  await approvedCode(held, "code2", [WORKER]);
  await held.begin(files, [made(4, "code2", "permanent")], 4);
  expect((await openItems(trial)).map(({ title }) => title)).toEqual(["Change the agent worker: seed of release 4"]);
});

test("a proposal stands with the code that made the release, not with one on trial or dropped, and nowhere when its tree is gone", async () => {
  const held = await release();
  const { trial } = held;
  held.edit(WORKER, FROM, TO);
  for (const item of ["code1", "code2", "code3"]) await approvedCode(held, item, [WORKER]);
  const releases = [made(3, "code1", "permanent"), made(4, "code2", "dropped"), made(5, "code3", "approved")];
  await held.begin([WORKER], releases);
  const [item] = await openItems(trial);
  expect((await itemOf(trial, item?.id ?? "")).proposal?.seed?.item).toBe("code1");
  await trial.runtime.application.commands.deleteTree({ id: "code1tree" }, ADMIN);
  expect(await openItems(trial)).toEqual([]);
  expect(await held.begin([WORKER], releases)).toEqual([WORKER]);
});

test("a seed that agents broke stops no start, files that are no seeds are none, and the others are seeded", async () => {
  const held = await release();
  const { trial } = held;
  const files = [WORKER, "seeds/load.ts", "seeds/agents/../documents/x.md", "seeds/README.md", "seeds/agents/a.json"];
  await approvedCode(held, "code1", files);
  held.write(WORKER, "no front matter");
  expect(await held.begin(files)).toEqual([]);
  expect(held.said).toEqual([
    expect.stringMatching(
      /^Agents changed seeds\/agents\/worker\.md, and it is left out: seeds\/agents\/worker\.md:1: /,
    ),
  ]);
  expect(await openItems(trial)).toEqual([]);
  expect(live(trial, "agent worker")?.version).toBe(1);
});
