import { expect, onTestFinished, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { type AuditSources, createSubjectFinder, withRow } from "@/agents/operations/audit";
import { createIds } from "@/agents/queries/queries";
import { ownerCalled } from "@/core/rules/roles";
import { startTrial, type Trial } from "@/tests/agents/trial";

const anna = ownerCalled("anna");
const TOKEN = `ghp_${"AbCdEf0123456789AbCdEf0123456789abcd"}`;

async function start() {
  const trial = await startTrial({ work: false });
  onTestFinished(() => trial.close());
  const { commands, queries } = guarded(trial.runtime.application, anna);
  const rows = async () =>
    (await queries.listAudit()).items
      .map(({ actor, action, subject, tree, detail }) => ({ actor, action, subject, tree, ...JSON.parse(detail) }))
      .reverse();
  return { trial, commands, queries, rows };
}

const sourcesOf = ({ runtime: { store } }: Trial): AuditSources => ({
  append: store.audit.append,
  find: createSubjectFinder(store, createIds(store), Date.now),
  redact: (text) => text,
  report: () => {},
});

test("each operation leaves a row with who, what, the whole id and the tree", async () => {
  const { trial, commands, queries, rows } = await start();
  const tree = await commands.submitTree({ task: "Look\nat all of it", agent: "worker", model: "anthropic/x" });
  await commands.pause({ id: tree.root_task_id.slice(0, 9), alone: true });
  await commands.steer({ id: tree.root_task_id, text: "do it well" });
  await commands.setToolPolicy({ id: "write_file", policy: "ask" });
  await commands.stop({ id: tree.id, reason: "enough" });
  const own = { actor: "anna", tree: tree.id, outcome: "done" };
  expect(await rows()).toMatchObject([
    { ...own, action: "submitTree", subject: tree.id, task: "Look", agent: "worker" },
    { ...own, action: "pause", subject: tree.root_task_id, alone: true },
    { ...own, action: "steer", subject: tree.root_task_id, characters: 10 },
    { ...own, action: "setToolPolicy", subject: "write_file", tree: "", policy: "ask" },
    { ...own, action: "stop", subject: tree.id, reason: "enough" },
  ]);
  // The row survives the deletion of its subject.
  const other = await commands.submitTree({ task: "Another", agent: "worker", model: "anthropic/x" });
  trial.runtime.store.client.sqlite.prepare("UPDATE tasks SET status = 'waiting' WHERE title = 'Another'").run();
  await commands.deleteTree({ id: other.id });
  expect((await rows()).slice(-2)).toMatchObject([
    { action: "submitTree", subject: other.id },
    { action: "deleteTree", subject: other.id, tree: other.id },
  ]);
  expect(await queries.verifyAudit()).toMatchObject({ ok: true, rows: 7 });
});

test("a token that is revoked by the beginning of its id has its whole id in the row", async () => {
  const { commands, rows } = await start();
  const { id } = await commands.createToken({ role: "viewer", name: "ci" });
  await commands.revokeToken({ id: id.slice(0, 8) });
  expect(await rows()).toMatchObject([
    { action: "createToken", subject: id },
    { action: "revokeToken", subject: id },
  ]);
});

test("a refusal is a row too, with its reason, and reaches whoever asked", async () => {
  const { commands, rows } = await start();
  await expect(commands.stop({ id: "nothing", reason: "x" })).rejects.toThrow("There is no tree or task nothing");
  await expect(commands.setSecret({ id: "Wrong Name", value: "the-value-itself" })).rejects.toThrow(
    "is not a valid name",
  );
  expect(await rows()).toMatchObject([
    {
      action: "stop",
      subject: "nothing",
      tree: "",
      outcome: "refused",
      sentence: expect.stringContaining("no tree or task"),
    },
    { action: "setSecret", subject: "Wrong Name", outcome: "refused" },
  ]);
});

test("what the role forbids is a row; what fails by itself is told from it", async () => {
  const { trial, rows } = await start();
  const vic = { id: "user:vic", name: "vic", role: "viewer" } as const;
  await expect(guarded(trial.runtime.application, vic).commands.deleteTree({ id: "x" })).rejects.toThrow(
    "needs operator",
  );
  const broken = async () => {
    throw new Error("broken");
  };
  await expect(withRow("markSeen", { actor: anna }, sourcesOf(trial), broken)).rejects.toThrow("broken");
  expect(await rows()).toMatchObject([
    { actor: "vic", action: "deleteTree", outcome: "refused", sentence: expect.stringContaining("needs operator") },
    { actor: "anna", action: "markSeen", outcome: "failed", sentence: "broken" },
  ]);
});

test("no secret gets into a row, wherever somebody writes it", async () => {
  const { commands, queries } = await start();
  const tree = await commands.submitTree({ task: `Use ${TOKEN}`, agent: "worker", model: "anthropic/x" });
  await commands.stop({ id: tree.id, reason: `${"x".repeat(190)} ${TOKEN}` });
  await commands.stop({ id: TOKEN, reason: "" }).catch(() => {});
  const text = JSON.stringify(await queries.listAudit());
  expect(text).not.toContain(TOKEN.slice(0, 8));
  expect(text.match(/\[redact/g)).toHaveLength(4);
});

test("an operation whose row cannot be written is carried out, and somebody is told", async () => {
  const { trial } = await start();
  const told: string[] = [];
  const append = async () => {
    throw new Error("disk full");
  };
  const sources = { ...sourcesOf(trial), append, report: (message: string) => void told.push(message) };
  expect(await withRow("submitTree", { actor: anna }, sources, async () => "done")).toBe("done");
  expect(told).toEqual(["The audit has no row of submitTree by anna."]);
});

test("a key that a person pastes into a task, a message or a reason is in no row of the database", async () => {
  const { trial, commands, queries } = await start();
  const tree = await commands.submitTree({ task: `Use ${TOKEN}`, agent: "worker", model: "anthropic/x" });
  await commands.steer({ id: tree.root_task_id, text: `or ${TOKEN}` });
  await commands.stop({ id: tree.id, reason: `it was ${TOKEN}` });
  const { sqlite } = trial.runtime.store.client;
  const tables = sqlite.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[];
  const rows = tables.map((name) => JSON.stringify(sqlite.prepare(`SELECT * FROM "${name}"`).all()));
  expect(rows.join("").includes(TOKEN)).toBe(false);
  expect((await queries.getTree(tree.id, { tasks: "whole" })).tasks[0]?.instruction).toBe(
    "Use [redacted: GitHub token]",
  );
  expect(JSON.stringify(sqlite.prepare("SELECT body FROM letters").all())).toContain("or [redacted: GitHub token]");
});
