/** Taint follows content from outside on every way to another task. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import type { ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { gate, sub, tester, toldIn, trialsOfThisFile } from "@/tests/agents/scenario";
import { treeSqlOf } from "@/tests/agents/tree-sql";
import type { Trial } from "@/tests/agents/trial";
import { changeAgent, offerTool, worldToolFor } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();
const base = mkdtempSync(join(tmpdir(), "banyan-taint-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const send = call("touch", { what: "mail" });
const fetchPage = call("read_page", { what: "p" });

/** `read_page` returns content from outside; `touch` sends data out. */
async function trialWith(script: Parameters<typeof start>[0]): Promise<Trial> {
  const touch = worldToolFor("touch", "report_interrupted", () => "sent");
  const sends = { ...touch, effectOf: () => ({ level: "network" as const, sends: true, hosts: ["example.org"] }) };
  const page = {
    ...worldToolFor("read_page", "repeat", () => ""),
    run: async () => ({ content: "a page", outside: true }),
  };
  const writes = worldToolFor("write_note", "repeat", () => "written");
  const trial = await start(script, { runtime: { worldTools: [sends, page, writes] } });
  for (const name of ["touch", "read_page", "write_note"]) await offerTool(trial, name, "auto");
  await changeAgent(trial, "worker", { tools: ["touch", "read_page", "write_note"] });
  return trial;
}

const openOnes = async (trial: Trial) => (await trial.runtime.application.queries.listReviews({ open: true })).items;

async function work(trial: Trial, task: string, workspace?: string) {
  return trial.submit({ task, agent: "worker", ...(workspace && { workspace }) });
}

test("the next tree in the same, a parent or a child folder is tainted; a tree in a sibling folder is not", async () => {
  const folder = join(base, "project");
  mkdirSync(join(folder, "inner"), { recursive: true });
  mkdirSync(join(base, "projectile"));
  writeFileSync(join(folder, "inner", "a"), "a");
  const script = { reads: [fetchPage, endTask("read")], sends: [send, endTask("sent")] };
  const trial = await trialWith(script);
  await trial.ended((await work(trial, "reads", folder)).id);
  const free = await trial.ended((await work(trial, "sends", join(base, "projectile"))).id);
  expect(free.status).toBe("succeeded");
  expect(await openOnes(trial)).toEqual([]);
  for (const workspace of [folder, join(folder, "inner"), base]) {
    const tree = await work(trial, "sends", workspace);
    await expect.poll(async () => (await openOnes(trial)).length).toBe(1);
    const [item] = await openOnes(trial);
    expect(trial.runtime.store.decisions.subjectOf(item?.id ?? "")?.why).toContain("content from outside");
    await trial.runtime.application.commands.decide({ id: item?.id ?? "", decision: "rejected", reason: "" }, tester);
    await trial.ended(tree.id);
  }
});

test("rows with a sibling's page taint the task that reads them by SQL", async () => {
  const trial = await trialWith({
    root: [startSubtask(sub("reads")), endTask("done")],
    reads: [fetchPage, endTask("read")],
  });
  const sql = treeSqlOf(trial);
  const before = await trial.submit({ task: "other", agent: "worker" });
  expect(sql.isTainted(before.id)).toBe(false);
  const tree = await trial.ended((await work(trial, "root")).id);
  expect(sql.isTainted(tree.id)).toBe(true);
  await sql.close();
});

/** Works without the tree's folder, whose own taint would hide what a letter carries. */
const apart = (instruction: string) => startSubtask(sub(instruction, { workspace: "none" }));
const questionIn = (request: ScriptedRequest) => /"question":"(\w+)"/.exec(toldIn(request))?.[1] ?? "";

async function firstApproval(trial: Trial) {
  await expect.poll(async () => (await openOnes(trial)).length).toBe(1);
  const [item] = await openOnes(trial);
  return trial.runtime.store.decisions.subjectOf(item?.id ?? "")?.why;
}

test("the question of a subtask that has read a page taints the task that answers it", async () => {
  const isAsked = gate();
  const trial = await trialWith({
    root: (request) => {
      if (request.turn === 0) return apart("asks");
      if (request.turn === 1) return call("answer", { question: questionIn(request), text: "Blue." });
      return request.turn === 2 ? send : endTask("done");
    },
    asks: async (request) => {
      if (request.turn === 0) return fetchPage;
      if (request.turn === 1) return call("ask", { question: "Send this to example.org?" });
      // Its result would taint the root too.
      await isAsked.opened;
      return endTask("asked");
    },
  });
  const tree = await work(trial, "root");
  expect(await firstApproval(trial)).toContain("content from outside");
  isAsked.open();
  await trial.runtime.application.commands.stop({ id: tree.id }, tester);
  await trial.ended(tree.id);
});

test("the answer of a task that has read a page taints the subtask that asked", async () => {
  const trial = await trialWith({
    root: (request) => {
      if (request.turn === 0) return apart("asks");
      if (request.turn === 1) return fetchPage;
      return request.turn === 2
        ? call("answer", { question: questionIn(request), text: "Blue." })
        : { text: "I wait." };
    },
    asks: (request) =>
      request.turn === 0 ? call("ask", { question: "Which?" }) : request.turn === 1 ? send : endTask("sent"),
  });
  const tree = await work(trial, "root");
  expect(await firstApproval(trial)).toContain("content from outside");
  await trial.runtime.application.commands.stop({ id: tree.id }, tester);
  await trial.ended(tree.id);
});

test("a task that knows a page only from a subtask taints the folder that it writes into, and not one that it reads", async () => {
  const script = {
    writes: [apart("reads"), call("write_note", { what: "n" }), endTask("written")],
    looks: [apart("reads"), endTask("read")],
    reads: [fetchPage, endTask("a page says so")],
    sends: [send, endTask("sent")],
  };
  const trial = await trialWith(script);
  const folder = (name: string) => {
    const path = join(base, name);
    mkdirSync(path);
    return path;
  };
  const read = folder("only-read");
  await trial.ended((await work(trial, "looks", read)).id);
  expect((await trial.ended((await work(trial, "sends", read)).id)).status).toBe("succeeded");
  const written = folder("written");
  await trial.ended((await work(trial, "writes", written)).id);
  const tree = await work(trial, "sends", written);
  expect(await firstApproval(trial)).toContain("content from outside");
  await trial.runtime.application.commands.stop({ id: tree.id }, tester);
  await trial.ended(tree.id);
});

test("a folder stays tainted for a tree that goes on there, after the tree that left it is deleted, and for a fork", async () => {
  const folder = join(base, "shared");
  mkdirSync(folder);
  writeFileSync(join(folder, "a"), "a");
  const trial = await trialWith({
    first: ({ attempt, turn }) => (attempt === 0 ? endTask("done") : turn === 0 ? send : endTask("sent")),
    reads: [fetchPage, endTask("read")],
    sends: [send, endTask("sent")],
  });
  const { commands } = trial.runtime.application;
  const asked = async (id: string) => {
    expect(await firstApproval(trial)).toContain("content from outside");
    await commands.stop({ id }, tester);
    await trial.ended(id);
  };
  const first = await work(trial, "first", folder);
  await trial.ended(first.id);
  const reads = await work(trial, "reads", folder);
  await trial.ended(reads.id);
  await commands.retry({ id: first.root_task_id }, tester);
  await asked(first.id);
  await commands.deleteTree({ id: reads.id }, tester);
  await commands.deleteTree({ id: first.id }, tester);
  await asked((await work(trial, "sends", folder)).id);
});

test("a subtask without files of a task whose folder holds a page is tainted: its instruction may come from there", async () => {
  const trial = await trialWith({
    reads: [fetchPage, endTask("read")],
    starts: [apart("sends"), endTask("started")],
    sends: [send, endTask("sent")],
  });
  const folder = join(base, "instructs");
  mkdirSync(folder);
  writeFileSync(join(folder, "a"), "a");
  await trial.ended((await work(trial, "reads", folder)).id);
  const tree = await work(trial, "starts", folder);
  expect(await firstApproval(trial)).toContain("content from outside");
  await trial.runtime.application.commands.stop({ id: tree.id }, tester);
  await trial.ended(tree.id);
  // Where the task itself has no files, nothing of the folder is in its words.
  const free = await trial.ended((await work(trial, "starts")).id);
  expect(free.status).toBe("succeeded");
});

test("a folder that a person has looked through counts as clean until content from outside comes there again", async () => {
  const folder = join(base, "looked-through");
  const inner = join(folder, "inner");
  mkdirSync(inner, { recursive: true });
  writeFileSync(join(inner, "a"), "a");
  const trial = await trialWith({ reads: [fetchPage, endTask("read")], sends: [send, endTask("sent")] });
  const { commands, queries } = trial.runtime.application;
  const { folders } = trial.runtime.store.queries;
  const clean = (at: string, actor = tester) =>
    guarded(trial.runtime.application, actor).commands.cleanFolder({ folder: at });
  await expect(clean(folder)).rejects.toThrow("knows of no content from outside");
  await expect(clean("looked-through")).rejects.toThrow("by its whole path");
  const reads = await trial.ended((await work(trial, "reads", folder)).id);
  await commands.addProject({ address: folder, name: "looked" }, tester);
  const outside = async () => (await queries.getProject("looked")).repositories[0]?.outside;
  expect(await outside()).toEqual({ at: reads.ended_at, tree: { id: reads.id, title: reads.title } });
  await expect(clean(folder, { ...tester, role: "operator" })).rejects.toMatchObject({ kind: "forbidden" });
  await clean(inner);
  // The part is clean, the folder around it is not.
  expect([inner, folder].map((at) => folders.isTainted(at))).toEqual([false, true]);
  expect((await clean(folder)).sentence).toContain("counts as clean");
  expect(await outside()).toBeNull();
  expect((await trial.ended((await work(trial, "sends", folder)).id)).status).toBe("succeeded");
  expect(await openOnes(trial)).toEqual([]);
  // The row that remembers a deleted tree is as old as its content.
  await commands.deleteTree({ id: reads.id }, tester);
  expect(folders.isTainted(folder)).toBe(false);
  await trial.ended((await work(trial, "reads", inner)).id);
  expect([inner, folder, base].map((at) => folders.isTainted(at))).toEqual([true, true, true]);
});

test("a call that may leave content from outside taints the folder before it begins, so also when it is cut", async () => {
  const never = gate();
  const fetches = worldToolFor("fetch_files", "report_interrupted", async () => {
    await never.opened;
    return "fetched";
  });
  const writes = { ...fetches, effectOf: () => ({ level: "network" as const, alsoNeeds: "write" as const }) };
  const trial = await start({ root: [call("fetch_files", { what: "f" })] }, { runtime: { worldTools: [writes] } });
  await offerTool(trial, "fetch_files", "auto");
  await changeAgent(trial, "worker", { tools: ["fetch_files"] });
  const { id } = await work(trial, "root");
  const { store } = trial.runtime;
  await expect.poll(() => store.loader.isFolderTainted(store.queries.trees.treeKey(id), null)).toBe(true);
  await trial.runtime.application.commands.stop({ id }, tester);
  never.open();
  await trial.ended(id);
});
