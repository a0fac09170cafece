import { expect, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import type { TreeListOptions } from "@/core/shapes/trees";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { gate, sub, tester, trialsOfThisFile, until } from "@/tests/agents/scenario";

const start = trialsOfThisFile();
const failing = call("end_task", { status: "failure", result: "It cannot be done." });

test("lists of trees are filtered, ordered, counted and paged", async () => {
  const held = gate();
  const trial = await start({
    "Count 100% of it": [endTask("7")],
    "Count the under_scores": [failing],
    "Wait here": () => held.opened.then(() => endTask("done")),
  });
  const { commands, queries } = trial.runtime.application;
  const titles = async (options: TreeListOptions) => (await queries.listTrees(options)).items.map((item) => item.title);
  const good = await trial.submit({ task: "Count 100% of it", agent: "worker" });
  await trial.ended(good.id);
  const bad = await commands.submitTree({ task: "Count the under_scores", agent: "coder" }, ownerCalled("other"));
  await trial.ended(bad.id);
  const open = await trial.submit({ task: "Wait here", agent: "worker" });
  await until(async () => (await queries.getTree(open.id)).status === "running", "the last one runs");
  expect(bad.created_by).toBe("other");

  expect(await titles({})).toEqual([open.title, bad.title, good.title]);
  expect(await titles({ sort: "oldest" })).toEqual([good.title, bad.title, open.title]);
  expect(await titles({ sort: "ended", status: "ended" })).toEqual([bad.title, good.title]);
  expect(await titles({ status: "open" })).toEqual([open.title]);
  expect(await titles({ status: "running" })).toEqual([open.title]);
  expect(await titles({ status: "failed" })).toEqual([bad.title]);
  expect(await titles({ agent: "coder" })).toEqual([bad.title]);
  expect(await titles({ person: "tester", status: "succeeded" })).toEqual([good.title]);
  // The text is searched literally, not as a pattern; an id is found by its prefix.
  expect(await titles({ search: "100%" })).toEqual([good.title]);
  expect(await titles({ search: "the%" })).toEqual([]);
  expect(await titles({ search: "COUNT" })).toEqual([bad.title, good.title]);
  expect(await titles({ search: open.id.slice(0, 12) })).toEqual([open.title]);
  expect(await queries.countTrees()).toMatchObject({ succeeded: 1, failed: 1, running: 1, paused: 0 });
  expect(await queries.countTrees({ person: "other" })).toMatchObject({ succeeded: 0, failed: 1, running: 0 });
  expect(await queries.listSubmitters()).toEqual(["other", "tester"]);

  for (const sort of ["newest", "oldest", "ended", "cost", "tasks"] as const) {
    const whole = await titles({ sort });
    const paged: string[] = [];
    for (let after: string | undefined; paged.length < 5; ) {
      const page = await queries.listTrees({ sort, limit: 1, after });
      paged.push(...page.items.map((item) => item.title));
      if (!page.next) break;
      after = page.next;
    }
    expect(paged, sort).toEqual(whole);
  }
  await expect(queries.listTrees({ after: "1-2-3" })).rejects.toThrow(/cursor/);

  // A failure is unseen for each person until they see it or it no longer applies.
  expect(await titles({ unseenBy: "tester" })).toEqual([bad.title]);
  await commands.markSeen({ id: bad.id }, ownerCalled("tester"));
  expect(await titles({ unseenBy: "tester" })).toEqual([]);
  expect(await titles({ unseenBy: "other" })).toEqual([bad.title]);
  await commands.pause({ id: open.id }, ownerCalled("tester"));
  held.open();
  await until(async () => (await titles({ status: "paused" })).length === 1, "it is paused after its turn");
});

test("an old tree that was pinned or went on after it was listed stays, also when it waits for an answer", async () => {
  const asks = call("ask", { question: "Which colour?" });
  const trial = await start({
    pinned: [endTask("done")],
    continued: [endTask("done"), asks],
    "ended again": () => endTask("done"),
    old: [endTask("done")],
  });
  const { commands, queries } = trial.runtime.application;
  const { sqlite } = trial.runtime.store.client;
  const trees = [];
  for (const task of ["pinned", "continued", "ended again", "old"]) {
    const { id } = await trial.submit({ task, agent: "worker" });
    trees.push(await trial.ended(id));
  }
  sqlite.prepare("UPDATE trees SET ended_at_ms = ended_at_ms - 3 * 86400000").run();
  const { items } = await queries.findOldTrees({ days: 1 });
  expect(items.length).toBe(4);
  const [pinned, continued, again, old] = trees;
  if (!pinned || !continued || !again || !old) throw new Error("Four trees ended.");

  await commands.pinTree({ id: pinned.id }, tester);
  await commands.continueTask({ id: again.root_task_id, text: "More." }, tester);
  await trial.ended(again.id);
  await commands.continueTask({ id: continued.root_task_id, text: "More." }, tester);
  await until(async () => (await queries.getTree(continued.id)).status === "waiting", "it waits for an answer");

  const said = new Map<string, unknown>();
  for (const { id, ended_at } of items)
    said.set(id, await commands.deleteOldTree({ id, ended_at }, tester).catch((error: Error) => error.message));
  expect(trees.map(({ id }) => said.get(id))).toEqual([
    "The tree was pinned, so it stays.",
    "The tree went on after it was listed, so it stays.",
    "The tree went on after it was listed, so it stays.",
    { sentence: "Deleted the tree, with its tasks, messages and files." },
  ]);
  const { items: left } = await queries.listTrees({ sort: "oldest" });
  expect(left.map(({ id }) => id)).toEqual([pinned.id, continued.id, again.id]);
});

test("templates are saved, renamed and deleted for everybody; those that came with Banyan, too", async () => {
  const trial = await start({}, { work: false });
  const { commands, queries } = trial.runtime.application;
  const me = ownerCalled("tester");
  const names = async () => (await queries.listTemplates()).map((template) => template.name);
  const seeded = await names();
  expect(seeded).toContain("Fix a failing test");
  await commands.saveTemplate({ name: "  My   own ", submission: { task: "Do it", agent: "coder" } }, me);
  expect(await names()).toEqual(["My own", ...seeded]);
  expect((await queries.listTemplates())[0]).toEqual({
    name: "My own",
    saved_by: "tester",
    submission: { task: "Do it", agent: "coder" },
  });
  const submission = { task: "Do it" };
  await expect(commands.saveTemplate({ name: "my OWN", submission }, me)).rejects.toThrow(/already/);
  await expect(commands.saveTemplate({ name: " ", submission }, me)).rejects.toThrow(/needs a name/);
  await expect(commands.saveTemplate({ name: "x".repeat(61), submission }, me)).rejects.toThrow(/longer than/);
  await expect(commands.saveTemplate({ name: "a", submission, replaces: "gone" }, me)).rejects.toThrow(
    /no longer exists/,
  );
  await commands.saveTemplate({ name: "Another", submission, replaces: "My own" }, me);
  await commands.saveTemplate({ name: "Mend a test", submission, replaces: "Fix a failing test" }, me);
  expect(await names()).toEqual(["Another", "Mend a test", ...seeded.filter((name) => name !== "Fix a failing test")]);
  await commands.removeTemplate({ id: "Another" }, me);
  await commands.removeTemplate({ id: "Survey a repository" }, me);
  expect(await names()).toEqual(["Mend a test", ...seeded.filter((name) => !/^(Fix|Survey)/.test(name))]);
  await expect(commands.removeTemplate({ id: "Another" }, me)).rejects.toThrow(/no longer exists/);
});

test("what is sent twice, one after the other or at the same time, makes one tree", async () => {
  const trial = await start({ "Do it": [endTask("done")] });
  const { commands, queries } = trial.runtime.application;
  const send = (once: string) => commands.submitTree({ task: "Do it", agent: "worker", once }, ownerCalled("tester"));
  const [a, b] = await Promise.all([send("a"), send("a")]);
  expect([b.id, (await send("a")).id]).toEqual([a.id, a.id]);
  await send("b");
  expect(Object.values(await queries.countTrees()).reduce((sum, count) => sum + count)).toBe(2);
});

test("a failed task of an open tree is listed until its parent reads the result, and a retry takes it off the list", async () => {
  const held = gate();
  let tries = 0;
  const trial = await start({
    root: ({ turn }) => (turn === 0 ? startSubtask(sub("breaks"), sub("waits")) : endTask("done")),
    breaks: () => (++tries === 1 ? failing : endTask("works now")),
    waits: () => held.opened.then(() => endTask("done")),
  });
  const { commands, queries } = trial.runtime.application;
  const tree = await trial.submit({ task: "root", agent: "worker" });
  const listed = async () => (await queries.listFailedTasks()).items.map(({ task, tree: of }) => [task.title, of.id]);
  await until(async () => (await listed()).length > 0, "the failure is listed");
  expect(await listed()).toEqual([["breaks", tree.id]]);
  const [failed] = (await queries.listFailedTasks()).items;
  await commands.retry({ id: failed?.task.id ?? "" }, tester);
  expect(await listed()).toEqual([]);
  held.open();
  await trial.ended(tree.id);

  tries = 0;
  const other = await trial.submit({ task: "root", agent: "worker" });
  await trial.ended(other.id);
  expect(await listed()).toEqual([]);
});

test("a list says what a tree asks a person, and once it has ended what came out", async () => {
  const trial = await start({
    "Name it": [
      { ...call("ask", { question: "Which name does it get?" }), text: "Let me think about names." },
      endTask("## Done\n\nIt is called **Banyan**. More below."),
    ],
  });
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "Name it", agent: "worker" });
  const review = await until(async () => (await queries.listReviews({ open: true })).items[0], "it asks");
  expect((await queries.listTrees()).items[0]).toMatchObject({
    status: "waiting",
    headline: "Which name does it get?",
  });
  await commands.answer({ id: review.id, text: "Banyan." }, ownerCalled("tester"));
  await trial.ended(id);
  expect((await queries.listTrees()).items[0]).toMatchObject({ headline: "It is called **Banyan**." });
});
