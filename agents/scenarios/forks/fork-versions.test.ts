/** An ended tree again with another version of a prompt or a document, or with other lessons. */
import { expect, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import type { ComparedTree } from "@/core/shapes/comparison";
import type { ForkRequest } from "@/core/shapes/submission";
import { endTask, startSubtask } from "@/tests/agents/replies";
import { logOf, trialsOfThisFile } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();
const owner = { id: "owner", name: "anna", role: "admin" } as const;
const sub = () => startSubtask({ title: "Paint the gate", instruction: "Paint the gate", agent: "worker" });

/** A worker that starts another one, and both end. */
async function started() {
  const trial = await start({ "Paint the fence": [sub(), endTask("done")], "Paint the gate": endTask("done") });
  const tree = await trial.ended((await trial.submit({ task: "Paint the fence", agent: "worker" })).id);
  const { commands, queries } = guarded(trial.runtime.application, owner);
  const forked = async (request: ForkRequest) => {
    const before = trial.provider?.requests.length ?? 0;
    const fork = await trial.ended((await commands.fork({ id: tree.id, ...request })).id);
    return { fork, asked: (trial.provider?.requests.slice(before) ?? []).filter(({ agent }) => agent === "worker") };
  };
  return { trial, tree, forked, commands, queries };
}

const workers = ({ agents }: ComparedTree) => agents.find(({ name }) => name === "worker")?.versions;

const addLesson = (commands: Awaited<ReturnType<typeof started>>["commands"], advice: string) =>
  commands.addLesson({ kind: "fact", advice, trigger: advice, scope: "everywhere" });

async function candidate({ runtime: { store } }: Trial, advice: string, isTainted = false) {
  const text = { kind: "fact", advice, trigger: advice, scope: "everywhere", place: null, signature: null } as const;
  const uid = isTainted ? "taintedlesson" : "candidatelesson";
  const made = { maker: "import", isTainted, reason: "imported", by: null, atMs: 1, source: null } as const;
  await store.lessons.add([{ ...text, ...made, uid }]);
  return uid;
}

test("a fork uses the version of an agent that a person names, and so do the tasks that it starts", async () => {
  const { trial, tree, forked, queries } = await started();
  const before = trial.runtime.configuration.agentBody("worker");
  await changeAgent(trial, "worker", { instruction: "Work with great care." });
  const entry = trial.runtime.configuration.agents().find(({ name }) => name === "worker");
  const version = (entry?.version ?? 0) - 1;
  const older = await forked({ versions: [{ kind: "agent", name: "worker", version }] });
  expect(older.asked).toHaveLength(3);
  expect(older.asked.every(({ system }) => system.includes(before?.instruction ?? "nothing"))).toBe(true);
  const newer = await forked({});
  expect(newer.asked.some(({ system }) => system.includes("Work with great care."))).toBe(true);
  const { trees } = await queries.compareTrees(tree.id, older.fork.id);
  expect(trees.map(workers)).toEqual([[version], [version]]);
  const origin = (await logOf(trial, older.fork.root_task_id)).find(({ content }) => content.type === "forked");
  expect(origin?.content).toMatchObject({ what: `with version ${version} of the agent worker` });
});

test("a fork from a later message uses the version from there on", async () => {
  const { trial, tree, forked, queries } = await started();
  await changeAgent(trial, "worker", { instruction: "Work with great care." });
  const version = trial.runtime.configuration.agents().find(({ name }) => name === "worker")?.version ?? 0;
  const at = (await logOf(trial, tree.root_task_id)).findLast(({ kind }) => kind === "tool_response")?.seq;
  const { asked, fork } = await forked({ at, versions: [{ kind: "agent", name: "worker", version }] });
  expect(asked).toHaveLength(1);
  expect(asked[0]?.system).toContain("Work with great care.");
  const { trees } = await queries.compareTrees(tree.id, fork.id);
  expect(trees.map(workers)).toEqual([[version - 1], [version - 1, version]]);
});

test("a fork with another version of a document keeps its agent's version, and what a fork takes over can be asked", async () => {
  const { trial, tree, commands, queries } = await started();
  const put = (body: string) =>
    trial.runtime.store.configuration.put(
      { kind: "document", name: "style", description: "", body: { body } },
      "anna",
      "",
    );
  await put("Write short sentences.");
  await changeAgent(trial, "worker", { documents: ["style"] });
  const version = trial.runtime.configuration.agents().find(({ name }) => name === "worker")?.version ?? 0;
  const origin = await trial.ended((await trial.submit({ task: "Paint the fence", agent: "worker" })).id);
  const used = { kind: "agent", name: "worker", version };
  const style = { kind: "document", name: "style" } as const;
  expect(await queries.getForkStart(origin.id)).toEqual({
    versions: [used, { ...style, version: 1 }],
    used: [],
    lessons: "with",
  });
  expect((await queries.getForkStart(tree.id)).versions).toContainEqual({ ...used, version: version - 1 });
  await put("Write long sentences.");
  await changeAgent(trial, "worker", { instruction: "Work with great care." });
  const before = trial.provider?.requests.length ?? 0;
  const fork = await commands.fork({ id: origin.id, versions: [{ ...style, version: 2 }], lessons: "without" });
  await trial.ended(fork.id);
  const first = trial.provider?.requests[before];
  expect(first?.system).toContain("Write long sentences.");
  expect(first?.system).not.toContain("Work with great care.");
  const [row] = (await queries.listAudit({ action: "fork" })).items;
  expect(JSON.parse(row?.detail ?? "")).toMatchObject({ versions: ["document style v2"], lessons: "without" });
  expect(await queries.getForkStart(fork.id)).toEqual({
    versions: [used, { ...style, version: 2 }],
    used: [],
    lessons: "without",
  });
});

test("a fork is shown the lessons that a person names and no others, or none at all", async () => {
  const { trial, tree, forked, commands, queries } = await started();
  const advice = ["Paint the fence slowly.", "Paint the fence twice."];
  const ids = [];
  for (const text of advice) ids.push((await addLesson(commands, text)).id);
  const shownIn = (asked: readonly { body: unknown }[]) =>
    asked.map(({ body }) => advice.filter((text) => JSON.stringify(body).includes(text)));
  const named = await forked({ lessons: [ids[1] ?? ""] });
  expect(shownIn(named.asked)).toEqual([[advice[1]], [advice[1]], [advice[1]]]);
  const without = await forked({ lessons: "without" });
  expect(shownIn(without.asked)).toEqual([[], [], []]);
  // One of them is tried, where the task has its words.
  const found = await forked({});
  expect(shownIn(found.asked)[0]).toHaveLength(1);
  await trial.worker?.lessons.check();
  await trial.worker?.lessons.check();
  const { trees } = await queries.compareTrees(without.fork.id, found.fork.id);
  expect(trees.map(({ lessons, lessons_given }) => [lessons_given, lessons.length])).toEqual([
    ["none", 0],
    ["found", 1],
  ]);
  const [origin, again] = (await queries.compareTrees(tree.id, named.fork.id)).trees;
  expect([origin.lessons_given, origin.lessons]).toEqual(["found", []]);
  expect([again.lessons_given, again.lessons]).toEqual(["named", [{ id: ids[1], advice: advice[1] }]]);
});

test("a candidate can be tried by who may approve it, unless it came from outside", async () => {
  const { trial, tree, forked, commands } = await started();
  const [clean, tainted] = [await candidate(trial, "Look twice."), await candidate(trial, "Look away.", true)];
  const { asked } = await forked({ lessons: [clean] });
  expect(JSON.stringify(asked[0]?.body)).toContain("Look twice.");
  const operator = guarded(trial.runtime.application, { id: "user:2", name: "bert", role: "operator" });
  const refused = (by: typeof commands, request: ForkRequest, why: RegExp) =>
    expect(by.fork({ id: tree.id, ...request })).rejects.toThrow(why);
  await refused(operator.commands, { lessons: [clean] }, /changing agents, documents and tools needs reviewer/);
  await refused(commands, { lessons: [tainted] }, /“Look away\.” came from outside content: approve it/);
  await refused(commands, { lessons: ["nosuchlesson"] }, /^There is no lesson nosuchlesson/);
  await commands.retireLesson({ id: clean });
  await refused(commands, { lessons: [clean] }, /“Look twice\.” is retired: restore it/);
  await expect(commands.fork({ id: tree.id, lessons: [clean] })).rejects.toMatchObject({
    issues: [{ path: ["lessons", "0"], message: expect.stringMatching(/is retired/) }],
  });
  const versions = [{ kind: "agent", name: "worker", version: 1 }] as const;
  await refused(operator.commands, { versions: [...versions] }, /changing agents, documents and tools needs reviewer/);
  await refused(commands, { versions: [{ kind: "agent", name: "nobody", version: 1 }] }, /^There is no agent nobody/);
  await refused(
    commands,
    { versions: [{ ...versions[0], version: 99 }] },
    /^There is no version 99 of the agent worker/,
  );
  const unknown = { versions: [versions[0], { ...versions[0], version: 99 }] };
  await expect(commands.fork({ id: tree.id, ...unknown })).rejects.toMatchObject({
    issues: [{ path: ["versions", "1"], message: expect.stringMatching(/^There is no version 99/) }],
  });
});
