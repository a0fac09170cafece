/** O3: a rule applies only to the server that it was made for, however that server is replaced. */
import { expect, onTestFinished, test } from "vitest";
import type { ServerBody, ToolBody } from "@/core/rules/configuration";
import { notesServer } from "@/tests/agents/notes-server";
import { tester, trialsOfThisFile } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";

const start = trialsOfThisFile();

const server = (more: Partial<ServerBody> = {}): ServerBody => ({
  config: { kind: "stdio", name: "notes", command: "node", args: ["a.mjs"], env: {} },
  tools: [{ name: "note", description: "Takes a note.", inputSchema: { type: "object" }, hash: "one" }],
  scope: "tree",
  workspace: "none",
  ...more,
});

async function put(trial: Trial, body: ServerBody, policy: ToolBody["policy"] = "ask"): Promise<void> {
  const tool: ToolBody = {
    name: "notes",
    title: "notes",
    description: "Notes of a person.",
    level: "write",
    source: "mcp",
    optional: true,
    policy,
    availability: { available: true, since: "" },
    server: body,
  };
  const entry = { kind: "tool", name: "notes", description: tool.description, body: tool } as const;
  await trial.runtime.store.configuration.put(entry, "tester", "for a test");
}

async function rule(trial: Trial, tool: string) {
  return (await trial.runtime.application.commands.addRule({ tool, why: "It is fine.", hours: 1 }, tester)).rule;
}

async function inForce(trial: Trial): Promise<string[]> {
  const rules = await trial.runtime.application.queries.listRules();
  return rules.filter((rule) => rule.revoked_at === null).map((rule) => rule.tool);
}

const CHANGES: Record<string, Partial<ServerBody>> = {
  "another program": { config: { kind: "stdio", name: "notes", command: "node", args: ["b.mjs"], env: {} } },
  "code of an agent": { files: { "server.mjs": "…" } },
  "another schema of a tool": {
    tools: [{ name: "note", description: "Takes a note.", inputSchema: { type: "object", title: "x" }, hash: "two" }],
  },
  "the folder to write in": { workspace: "write" },
};

test.each(Object.entries(CHANGES))("%s under the same name ends its rules, and no others", async (_, change) => {
  const trial = await start({});
  await put(trial, server());
  await rule(trial, "notes__note");
  await rule(trial, "write_file");
  await put(trial, server(), "auto");
  expect((await inForce(trial)).sort(), "a policy is no other server").toEqual(["notes__note", "write_file"]);
  await put(trial, server(change));
  expect(await inForce(trial)).toEqual(["write_file"]);
});

test.each<[string, object]>([
  ["another folder to work in", { workspace: "write" }],
  ["one process for all trees", { scope: "shared" }],
  ["a folder to read", { folders: { "/srv": "read" } }],
  ["a host", { hosts: ["api.example.com"] }],
])(
  "a person who gives it %s hears that its rule ended, and one who saves it unchanged keeps the rule",
  async (_, more) => {
    const trial = await start({});
    await put(trial, server());
    await rule(trial, "notes__note");
    const entry = { command: "node", args: ["a.mjs"] };
    const save = async (given: object) =>
      (await trial.runtime.application.commands.updateServer({ id: "notes", entry: { ...entry, ...given } }, tester))
        .sentence;
    expect(await save({})).not.toContain("rule");
    expect(await inForce(trial)).toEqual(["notes__note"]);
    expect(await save(more)).toContain("A rule that approved its calls is switched off.");
    expect(await inForce(trial)).toEqual([]);
  },
);

test("a server that is removed leaves no rule for the next one of its name", async () => {
  const trial = await start({});
  await put(trial, server());
  await rule(trial, "notes__note");
  await trial.runtime.store.configuration.remove("tool", "notes");
  await put(trial, server());
  expect(await inForce(trial)).toEqual([]);
});

test("who accepts another description of a tool hears that the rule for its calls ended", async () => {
  const trial = await start({});
  const { commands } = trial.runtime.application;
  const notes = notesServer();
  onTestFinished(() => notes.remove());
  await commands.importServers({ text: notes.file }, tester);
  await rule(trial, "notes__note");
  const accept = async () => {
    const { listing } = await commands.testServer({ id: "notes" }, tester);
    return commands.testServer({ id: "notes", accept: true, listing }, tester);
  };
  expect((await accept()).sentence).toBe("notes answers with 1 tool.");
  expect(await inForce(trial)).toEqual(["notes__note"]);
  notes.says("Takes a note, and sends it.");
  const { sentence } = await accept();
  expect(sentence).toBe(
    "notes answers with 1 tool; accepted: note is changed. A rule that approved its calls is switched off.",
  );
  expect(await inForce(trial)).toEqual([]);
});
