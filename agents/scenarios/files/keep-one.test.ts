import { expect, test } from "vitest";
import { call, endTask } from "@/tests/agents/replies";
import { gate, runRoot, tester, trialsOfThisFile } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";

const start = trialsOfThisFile();

async function twoTrees(trial: Trial) {
  const { commands } = trial.runtime.application;
  const a = await runRoot(trial);
  return { a, b: await commands.fork({ id: a.id, instruction: "other" }, tester) };
}

const factsOf = (trial: Trial) =>
  trial.runtime.store.client.sqlite.prepare("SELECT count(*) FROM facts WHERE name LIKE 'not_kept:%'").pluck().get();

test("of two trees one is kept: it is pinned and the other marked, until that is undone or the other is kept", async () => {
  const trial = await start({ root: [endTask("one")], other: [endTask("another")] });
  const { commands, queries } = trial.runtime.application;
  const { a, b } = await twoTrees(trial);
  await trial.ended(b.id);
  const marks = async () => {
    const trees = await Promise.all([a, b].map(({ id }) => queries.getTree(id, { tasks: "none" })));
    return trees.map(({ pinned, not_kept }) => [pinned?.by, not_kept?.instead]);
  };
  const kept = await commands.keepTree({ id: b.id, instead_of: a.id }, tester);
  expect(kept.sentence).toBe("Kept, and pinned. The other one is marked as not kept.");
  expect(await marks()).toEqual([
    [undefined, b.id],
    [tester.name, undefined],
  ]);
  expect((await queries.listTrees()).items.map(({ not_kept }) => not_kept?.by)).toEqual([undefined, tester.name]);
  expect((await queries.compareTrees(a.id, b.id)).trees.map(({ not_kept }) => not_kept?.instead)).toEqual([
    b.id,
    undefined,
  ]);

  // A second time, and then the other way round.
  await commands.keepTree({ id: b.id, instead_of: a.id }, tester);
  await commands.keepTree({ id: a.id, instead_of: b.id }, tester);
  expect(await marks()).toEqual([
    [tester.name, undefined],
    [undefined, a.id],
  ]);
  await expect(commands.unkeepTree({ id: b.id, instead_of: a.id }, tester)).rejects.toThrow("was not kept");
  await commands.unkeepTree({ id: a.id, instead_of: b.id }, tester);
  expect(await marks()).toEqual([
    [undefined, undefined],
    [undefined, undefined],
  ]);
  await expect(commands.keepTree({ id: a.id, instead_of: a.id }, tester)).rejects.toThrow("the same tree");

  // A pin that a person had set stays, and the mark goes with its tree.
  await commands.pinTree({ id: a.id }, tester);
  await commands.keepTree({ id: a.id, instead_of: b.id }, tester);
  await commands.unkeepTree({ id: a.id, instead_of: b.id }, tester);
  expect(await marks()).toEqual([
    [tester.name, undefined],
    [undefined, undefined],
  ]);
  await commands.keepTree({ id: a.id, instead_of: b.id }, tester);
  expect(factsOf(trial)).toBe(1);
  await commands.deleteTree({ id: b.id }, tester);
  expect(factsOf(trial)).toBe(0);
});

test("the pin of a kept tree stays while it is kept instead of another one, and after a person has pinned it", async () => {
  const trial = await start({ root: [endTask("one")], other: [endTask("another")] });
  const { commands, queries } = trial.runtime.application;
  const { a, b } = await twoTrees(trial);
  const c = await commands.fork({ id: a.id, instruction: "other" }, tester);
  for (const { id } of [b, c]) await trial.ended(id);
  const isPinned = async () => (await queries.getTree(a.id, { tasks: "none" })).pinned !== undefined;
  for (const { id } of [b, c]) await commands.keepTree({ id: a.id, instead_of: id }, tester);
  await commands.unkeepTree({ id: a.id, instead_of: b.id }, tester);
  expect(await isPinned()).toBe(true);
  await commands.unkeepTree({ id: a.id, instead_of: c.id }, tester);
  expect(await isPinned()).toBe(false);

  await commands.keepTree({ id: a.id, instead_of: b.id }, tester);
  expect((await commands.pinTree({ id: a.id }, tester)).sentence).toBe("The tree was pinned already.");
  await commands.unkeepTree({ id: a.id, instead_of: b.id }, tester);
  expect(await isPinned()).toBe(true);
});

test("a tree that still runs is stopped when another one is kept and the request says so, and stays stopped after that is undone", async () => {
  const held = gate();
  const trial = await start({
    root: [endTask("one")],
    async other({ turn }) {
      if (turn === 0) return call("list_agents", {});
      await held.opened;
      return endTask("another");
    },
  });
  const { commands, queries } = trial.runtime.application;
  const { a, b } = await twoTrees(trial);
  // A page may have been read before the other tree went on.
  await expect(commands.keepTree({ id: a.id, instead_of: b.id }, tester)).rejects.toMatchObject({
    kind: "conflict",
    refusal: { code: "other_runs" },
  });
  await expect(commands.keepTree({ id: b.id, instead_of: a.id, stops_other: true }, tester)).rejects.toThrow(
    "The tree to keep still works",
  );
  expect(factsOf(trial)).toBe(0);
  expect((await queries.getTree(b.id)).ended_at).toBe(null);
  const kept = await commands.keepTree({ id: a.id, instead_of: b.id, stops_other: true }, tester);
  expect(kept.sentence).toContain("is being stopped");
  expect(await trial.ended(b.id)).toMatchObject({ status: "stopped", reason: "by_person" });
  held.open();
  const undone = await commands.unkeepTree({ id: a.id, instead_of: b.id }, tester);
  expect(undone.sentence).toContain("stays stopped");
});
