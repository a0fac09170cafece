/** Images and PDF files of tools' results: given to models that read them, kept for people, and bounded. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { notesServer, PICTURE_BASE64 } from "@/tests/agents/notes-server";
import { call, endTask } from "@/tests/agents/replies";
import { eventsOf, logOf, requestsOf, runRoot, tester, trialsOfThisFile } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();
const PNG = Buffer.from(PICTURE_BASE64, "base64");
const PNG_ID = createHash("sha256").update(PNG).digest("hex");
const PDF = Buffer.from("%PDF-1.7\n<< /Type /Page >>\n%%EOF\n");

function folderWith(files: Record<string, Uint8Array>): string {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-images-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(folder, name), bytes);
  return folder;
}

const readBoth = [call("read_file", { path: "shot.png" }), call("read_file", { path: "paper.pdf" }), endTask("seen")];
const FILES = { "shot.png": PNG, "paper.pdf": PDF };
const SHOT = `[shot.png: image/png, 1 × 1, ${PNG.length} bytes]`;

async function responsesIn(trial: Trial, task: string) {
  const log = await logOf(trial, task);
  return log.filter(({ kind }) => kind === "tool_response");
}

/** Returns how often the image is stored by use: one row, or none. */
function usesOf(trial: Trial): unknown[] {
  const database = new Database(path.join(trial.dataDir, "banyan.db"), { readonly: true });
  try {
    return database.prepare("SELECT uses FROM blobs WHERE hash = ?").pluck().all(Buffer.from(PNG_ID, "hex"));
  } finally {
    database.close();
  }
}

test("a model that reads both gets a file of the workspace, and a fork and a person get it, too", async () => {
  const trial = await start({ root: readBoth });
  const tree = await runRoot(trial, { workspace: folderWith(FILES) });
  expect(tree.status).toBe("succeeded");
  const last = requestsOf(trial, "root").at(-1)?.rawBody ?? "";
  expect(last).toContain(PICTURE_BASE64);
  expect(last).toContain(PDF.toString("base64"));
  const [picture, paper] = await responsesIn(trial, tree.root_task_id);
  expect(picture?.content).toMatchObject({ text: SHOT, attachments: [{ id: PNG_ID, size: [1, 1], tokens: 1 }] });
  expect(paper?.content).toMatchObject({
    text: `[paper.pdf: application/pdf, 1 page, ${PDF.length} bytes]`,
    attachments: [{ mediaType: "application/pdf", tokens: 3_000 }],
  });
  const { queries, commands } = trial.runtime.application;
  expect(await queries.openAttachment(picture?.seq ?? 0, PNG_ID)).toEqual({
    name: "shot.png",
    mediaType: "image/png",
    bytes: PNG,
  });
  await expect(queries.openAttachment(paper?.seq ?? 0, PNG_ID)).rejects.toThrow(/has no file/);

  const at = paper?.seq ?? 0;
  const fork = await trial.ended((await commands.fork({ id: tree.root_task_id, at }, tester)).id);
  expect(usesOf(trial)).toEqual([2]);
  expect(requestsOf(trial, "root").at(-1)?.rawBody?.includes(PICTURE_BASE64)).toBe(true);
  await commands.deleteTree({ id: tree.id }, tester);
  expect(usesOf(trial)).toEqual([1]);
  const [copied] = await responsesIn(trial, fork.root_task_id);
  expect(await queries.openAttachment(copied?.seq ?? 0, PNG_ID)).toMatchObject({ bytes: PNG });
  await commands.deleteTree({ id: fork.id }, tester);
  expect(usesOf(trial)).toEqual([]);
  expect(trial.faults).toEqual([]);
});

test("a model that reads text only reads why it gets no image, and a person sees the image", async () => {
  const trial = await start({ root: readBoth });
  const tree = await runRoot(trial, { workspace: folderWith(FILES), model: "openai/served-model" });
  const requests = requestsOf(trial, "root");
  expect(requests.map(({ rawBody }) => rawBody.includes(PICTURE_BASE64))).toEqual([false, false, false]);
  const [picture] = await responsesIn(trial, tree.root_task_id);
  expect(picture?.content.text).toBe(
    `${SHOT.slice(0, -1)}. Not shown: As far as is known, openai/served-model does not read images.]`,
  );
  expect(await trial.runtime.application.queries.openAttachment(picture?.seq ?? 0, PNG_ID)).toMatchObject({
    bytes: PNG,
  });
});

test("what a model reads can be set", async () => {
  const trial = await start({ root: readBoth });
  const { commands } = trial.runtime.application;
  await commands.setModel({ id: "openai/served-model", modalities: { input: ["text", "image"] } }, tester);
  await runRoot(trial, { workspace: folderWith(FILES), model: "openai/served-model" });
  const last = requestsOf(trial, "root").at(-1)?.rawBody ?? "";
  expect([last.includes(PICTURE_BASE64), last.includes(PDF.toString("base64"))]).toEqual([true, false]);
});

test("a provider that refuses a damaged image does not end the task", async () => {
  const refused = { fault: { type: "status", status: 400, message: "Could not process image" } } as const;
  const trial = await start({
    root: ({ turn, rawBody }) => {
      if (turn === 0) return call("read_file", { path: "shot.png" });
      return rawBody.includes(PICTURE_BASE64) ? refused : endTask("seen nothing");
    },
  });
  const tree = await runRoot(trial, { workspace: folderWith(FILES) });
  expect(tree.status).toBe("succeeded");
  expect(eventsOf(await logOf(trial, tree.root_task_id))).toContain("files_left_out");
  expect(requestsOf(trial, "root").at(-1)?.rawBody).toContain("refused the images and PDF files");
});

test("an image of a server's resource reaches the model as content from outside", async () => {
  const notes = notesServer();
  onTestFinished(() => notes.remove());
  const trial = await start({
    root: [call("server_resources", { server: "notes", uri: "notes://picture" }), endTask("seen")],
  });
  await trial.runtime.application.commands.importServers({ text: notes.file }, tester);
  await changeAgent(trial, "worker", { tools: ["notes", "server_resources"] });
  const tree = await runRoot(trial);
  const [response] = await responsesIn(trial, tree.root_task_id);
  expect(response?.content).toMatchObject({ outside: true, attachments: [{ id: PNG_ID, name: "notes://picture" }] });
  expect(requestsOf(trial, "root").at(-1)?.rawBody).toContain(PICTURE_BASE64);
});

test("a file with a known secret in plain text is not kept", async () => {
  const key = "test-key-of-the-provider";
  const paper = Buffer.from(`%PDF-1.7\n<< /Type /Page /Title (${key}) >>\n`);
  const trial = await start({ root: readBoth.slice(1) }, { env: { ANTHROPIC_API_KEY: key } });
  const tree = await runRoot(trial, { workspace: folderWith({ "paper.pdf": paper }) });
  const [response] = await responsesIn(trial, tree.root_task_id);
  expect(response?.content.text).toBe(`[paper.pdf: ${paper.length} bytes. Not shown: It holds a secret.]`);
  expect(response?.content).not.toHaveProperty("attachments");
  expect(trial.provider?.requests.some(({ rawBody }) => rawBody.includes(paper.toString("base64")))).toBe(false);
});
