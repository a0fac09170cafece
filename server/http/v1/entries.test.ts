import { expect, onTestFinished, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { ownerCalled } from "@/core/rules/roles";
import type { Entry, EntryVersion } from "@/core/shapes/configuration";
import { startTrial } from "@/tests/agents/trial";
import { type ApiAnswer, handleApi } from "./handle";

async function start() {
  const trial = await startTrial({ work: false });
  onTestFinished(() => trial.close());
  const { application } = trial.runtime;
  const ask = (line: string, body?: unknown, ifMatch?: string, role: "viewer" | "reviewer" | "admin" = "admin") => {
    const [method = "", address = ""] = line.split(" ");
    const path = address.split("/");
    const headers = { "if-match": ifMatch };
    const actor = { ...ownerCalled("anna"), role };
    return handleApi(guarded(application, actor), { method, path, query: new URLSearchParams(), body, headers });
  };
  return { ask, app: guarded(application, ownerCalled("anna")) };
}

const refused = (status: number, sentence: string) => ({
  status,
  body: expect.objectContaining({ detail: expect.stringContaining(sentence) }),
});
const items = (answer: ApiAnswer) => (answer.body as { items: EntryVersion[] }).items;

const READER = {
  name: "reader",
  description: "Reads what it is given and says what stands in it.",
  instruction: "Read.",
  tools: ["read_file"],
  documents: ["system_overview"],
};

test("an agent is created, read with its version, changed with If-Match, restored and removed", async () => {
  const { ask } = await start();
  expect(await ask("POST agents", { ...READER, why: "Reading is enough" })).toMatchObject({
    status: 201,
    headers: { etag: '"1"' },
    body: { name: "reader", model: "inherit", version: 1, by: "anna", why: "Reading is enough", edited: true },
  });
  expect(await ask("POST agents", READER)).toEqual(refused(409, "The agent reader already exists"));
  const { name: _, ...changed } = { ...READER, instruction: "Read twice.", web_search: true };
  expect(await ask("PUT agents/reader", changed)).toEqual(refused(428, "Send If-Match"));
  expect(await ask("PUT agents/reader", { ...changed, why: "Once is too little" }, '"1"')).toMatchObject({
    status: 200,
    headers: { etag: '"2"' },
    body: { instruction: "Read twice.", web_search: true, tools: ["read_file"] },
  });
  expect(await ask("PUT agents/reader", READER, '"1"')).toEqual(refused(412, "reader is at version 2 now"));
  expect(await ask("PUT agents/reader", { ...READER, name: "writer" }, '"2"')).toEqual(
    refused(400, "cannot be renamed"),
  );
  expect(items(await ask("GET agents/reader/versions"))).toMatchObject([
    { version: 2, by: "anna", why: "Once is too little", origin: "person", live: true },
    { version: 1, live: false },
  ]);
  expect(await ask("POST agents/reader/restore", { version: 1, why: "Slow" })).toMatchObject({ status: 200 });
  expect(await ask("GET agents/reader")).toMatchObject({
    headers: { etag: '"3"' },
    body: { instruction: "Read.", why: "Restored version 1: Slow", web_search: false },
  });
  expect((await ask("GET agents/reader/export")).body).toMatchObject({
    file: "reader.md",
    text: expect.stringMatching(/^---\nname: reader\n[\s\S]*\n---\nRead\.\n$/),
  });
  expect(await ask("DELETE agents/reader")).toMatchObject({ status: 200 });
  expect(await ask("GET agents/reader")).toEqual(refused(404, "There is no agent reader"));
  expect(items(await ask("GET agents/reader/versions"))).toHaveLength(3);
});

test("a member changes a system agent's texts, and an admin what it may do", async () => {
  const { ask, app } = await start();
  const { name: _, ...fields } = (await app.queries.getEntry("agent", "task_evaluator")).fields;
  const put = (more: object, role: "reviewer" | "admin", version: number) =>
    ask("PUT agents/task_evaluator", { ...fields, instruction: "Judge.", ...more }, `"${version}"`, role);
  expect(await put({ web_search: true }, "reviewer", 1)).toEqual(refused(403, "this changes: web search."));
  expect(await put({}, "reviewer", 1)).toMatchObject({ status: 200 });
  expect(await put({ web_search: true }, "admin", 2)).toMatchObject({ status: 200, body: { web_search: true } });
  expect(await ask("POST agents/task_evaluator/restore", { version: 1 }, undefined, "reviewer")).toEqual(
    refused(403, "this changes: web search."),
  );
  expect(await ask("DELETE agents/review_agent", undefined, undefined, "reviewer")).toEqual(
    refused(403, "only an admin can remove it"),
  );
});

test("how an agent answers other agents is kept, exported and imported; the default stays out of the file", async () => {
  const { ask, app } = await start();
  expect(await ask("POST agents", READER)).toMatchObject({ body: { a2a_answer: "task" } });
  const [plain] = await app.queries.exportEntries("agent", "reader");
  expect(plain?.text).not.toContain("a2a_answer");
  const text = plain?.text.replace("model: inherit", "model: inherit\na2a_answer: message") ?? "";
  await app.commands.importFiles({ kind: "agent", files: [{ file: "reader.md", text }] });
  expect(await ask("GET agents/reader")).toMatchObject({ body: { a2a_answer: "message", version: 2 } });
  expect((await app.queries.exportEntries("agent", "reader"))[0]?.text).toContain("\na2a_answer: message\n");
  expect(await ask("POST agents", { ...READER, name: "other", a2a_answer: "letter" })).toEqual(
    refused(400, "must be task or message"),
  );
  expect(await app.queries.previewImport("agent", [{ file: "a.md", text: text.replace("message", "letter") }])).toEqual(
    [expect.objectContaining({ does: "fails", problem: expect.stringContaining("write task or message") })],
  );
});

test("errors name the problem, and entries in use cannot be removed", async () => {
  const { ask } = await start();
  const wrong = (fields: object) => ask("POST agents", { ...READER, ...fields });
  expect(await wrong({ name: "Reader" })).toEqual(
    refused(400, "The name “Reader” of the agent is wrong: write 2 to 40"),
  );
  expect(await wrong({ description: "Short." })).toEqual(refused(400, "write at least 20 characters"));
  expect(await wrong({ instruction: "  " })).toEqual(refused(400, "The instruction is empty"));
  expect(await wrong({ model: "gpt" })).toEqual(refused(400, "inherit, runbook or provider/model"));
  expect(await wrong({ model: "acme/gpt" })).toEqual(refused(400, "There is no model acme/gpt"));
  expect(await wrong({ tools: ["fly"] })).toEqual(refused(400, "lists the tool fly, which does not exist"));
  expect(await wrong({ documents: ["none"] })).toEqual(refused(400, "lists the document none, which does not exist"));
  expect(await wrong({ limits: { max_turns: 0 } })).toEqual(refused(400, "The limits, max turns"));
  expect(await wrong({ colour: "red" })).toEqual(refused(400, 'no field "colour"'));
  const { body } = await ask("GET agents/task_evaluator");
  const { description, instruction, tools } = body as typeof READER;
  expect(await ask("PUT agents/task_evaluator", { description, instruction, tools }, "*")).toEqual(
    refused(400, "so its own tasks need no finishing"),
  );
  for (const needed of ["agent_selector", "goal_planner"])
    expect(await ask(`DELETE agents/${needed}`)).toEqual(refused(409, "The system starts the agent"));
  expect(await ask("DELETE documents/system_overview")).toEqual(refused(409, "Agents read the document"));
  expect(await ask("DELETE runbooks/repository-folder")).toEqual(refused(409, "change repository-survey first"));
  expect(await ask("POST runbooks", { text: "---\nname: broken\n---\n# Broken\n" })).toEqual(
    refused(400, "of the runbook is wrong"),
  );
  expect(await ask("DELETE documents/mcp_docs", undefined, undefined, "viewer")).toMatchObject({ status: 403 });
  expect(await ask("GET documents", undefined, undefined, "viewer")).toMatchObject({ status: 200 });
});

test("of two concurrent saves one gets a conflict, and both versions are available", async () => {
  const { app } = await start();
  const { fields, version } = await app.queries.getEntry("document", "mcp_docs");
  const save = (body: string) =>
    app.commands.saveEntry({ kind: "document", fields: { ...fields, body }, ifVersion: version, why: body });
  const done = await Promise.allSettled([save("One"), save("Two")]);
  expect(done.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect(done[1]).toMatchObject({
    reason: { kind: "conflict", message: expect.stringContaining("anna saved version 2") },
  });
  const live = (await app.queries.getEntry("document", "mcp_docs")) as Entry<"document">;
  expect(live).toMatchObject({ version: 2, fields: { body: "One" } });
});

test("exports import unchanged; a preview shows the changes, and a single error stops the whole import", async () => {
  const { app } = await start();
  const files = (await app.queries.exportEntries("agent")).map(({ file, text }) => ({ file, text }));
  const preview = await app.queries.previewImport("agent", files);
  expect(preview.filter((entry) => entry.does !== "nothing")).toEqual([]);
  const [coder] = files.filter(({ file }) => file === "coder.md");
  const changed = { file: "coder.md", text: `${coder?.text}\nAnd one line more.\n` };
  const broken = { file: "new.md", text: "---\nname: new\n---\nDo it.\n" };
  expect(await app.queries.previewImport("agent", [changed, broken])).toMatchObject([
    { name: "coder", does: "changes", problem: null },
    { name: "", does: "fails", problem: expect.stringContaining("new.md:") },
  ]);
  await expect(app.commands.importFiles({ kind: "agent", files: [changed, broken] })).rejects.toThrow(
    "Nothing was imported",
  );
  const done = await app.commands.importFiles({ kind: "agent", files: [changed], why: "From the office" });
  expect(done.entries).toEqual([{ kind: "agent", name: "coder", version: 2 }]);
  expect(await app.queries.getVersion("agent", "coder", 2)).toMatchObject({ why: "From the office", live: true });
  const runbooks = await app.queries.exportEntries("runbook");
  expect((await app.queries.previewImport("runbook", runbooks)).map(({ does }) => does)).toEqual(
    runbooks.map(() => "nothing"),
  );
});

test("an import writes only over the versions that its preview showed, and all or nothing", async () => {
  const { app } = await start();
  const exported = await app.queries.exportEntries("document");
  const files = ["mcp_docs", "system_overview"].map((name) => ({
    file: `${name}.md`,
    text: `${exported.find((one) => one.name === name)?.text}\nOne line more.\n`,
  }));
  const seen = (await app.queries.previewImport("document", files)).map(({ name, version }) => ({ name, version }));
  expect(seen).toEqual([
    { name: "mcp_docs", version: 1 },
    { name: "system_overview", version: 1 },
  ]);
  const { fields } = await app.queries.getEntry("document", "system_overview");
  const theirs = { ...fields, body: "Theirs" };
  await app.commands.saveEntry({ kind: "document", fields: theirs, ifVersion: 1, why: "Shorter" });
  await expect(app.commands.importFiles({ kind: "document", files, seen })).rejects.toThrow(
    "Nothing was imported. anna saved version 2 of the document system_overview in the meantime: “Shorter”.",
  );
  expect(await app.queries.getEntry("document", "mcp_docs")).toMatchObject({ version: 1 });
  const others = [{ file: "new.md", text: (files[0]?.text ?? "").replace("mcp_docs", "new_docs") }];
  const [unknown] = await app.queries.previewImport("document", others);
  expect(unknown).toMatchObject({ name: "new_docs", does: "creates", version: null });
  const again = (await app.queries.previewImport("document", files)).map(({ name, version }) => ({ name, version }));
  const done = await app.commands.importFiles({ kind: "document", files, seen: again });
  expect(done.entries).toMatchObject([{ version: 2 }, { version: 3 }]);
});
