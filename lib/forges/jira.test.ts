/** Jira's client, against a stand-in whose traffic Atlassian's description validates, as the package jira.js has it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { jiraProjectOf } from "@/core/words/projects";
import { startJira } from "@/tests/forges/jira";
import { createJira, isSignedByJira } from "./jira";
import { documentOf, textOf } from "./jira-text";
import { ForgeError } from "./port";

async function started({ secret = "bot@acme.test:jira-token", own = "admin" as "admin" | "write" } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "banyan-jira-"));
  const forge = await startJira(folder, {
    accounts: [
      { login: "banyan-bot", permission: own },
      { login: "ann", permission: "write" },
      { login: "eve", permission: "read" },
    ],
  });
  onTestFinished(async () => {
    await forge.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const project = jiraProjectOf(forge.jira.address);
  if (project === null) expect.fail("The stand-in has an address of no project.");
  const port = createJira({ project, secret, signal: new AbortController().signal, now: Date.now });
  return { forge, port, project };
}

const kindOf = async (work: Promise<unknown>) => {
  try {
    await work;
  } catch (error) {
    if (error instanceof ForgeError) return { kind: error.kind, message: error.message };
    throw error;
  }
  return null;
};

const [ANN, BOT] = ["ann (id-ann)", "banyan-bot (id-banyan-bot)"];

test("issues, who asked, who may edit and comments are read and written", async () => {
  const { forge, port, project } = await started();
  expect(await port.login()).toBe(BOT);
  for (const title of ["One", "Two", "Three", "Four"]) forge.openIssue({ title, body: "First.\n\nSecond.", by: "eve" });
  const made = forge.openIssue({ title: "Five", by: "eve", labels: ["banyan"] });
  for (const number of [1, 3, 4]) forge.label(number, "banyan", "ann");
  forge.jira.secured.add(4);
  expect(await port.issues({ label: "banyan" }, null)).toEqual({
    etag: null,
    issues: [
      {
        number: 1,
        title: "One",
        body: "First.\n\nSecond.",
        url: `${project.url}/browse/ACME-1`,
        author: "eve (id-eve)",
        isOpen: true,
        isPull: false,
        isConfidential: false,
      },
      expect.objectContaining({ number: 3 }),
      expect.objectContaining({ number: 5, body: "" }),
    ],
  });
  expect(await port.issue(4)).toMatchObject({ isConfidential: true });
  expect([await port.askedBy(1, { label: "Banyan" }), await port.askedBy(made, { label: "banyan" })]).toEqual([
    ANN,
    "eve (id-eve)",
  ]);
  for (const label of ["a", "b", "c"]) forge.label(1, label, "eve");
  expect(await port.askedBy(1, { label: "banyan" })).toBe(ANN);
  forge.assign(2, "banyan-bot", "ann");
  expect(await port.issues({ assignee: BOT }, null)).toMatchObject({ issues: [{ number: 2 }] });
  expect(await port.askedBy(2, { assignee: BOT })).toBe(ANN);
  expect([await port.mayWrite(ANN), await port.mayWrite("eve (id-eve)"), await port.mayWrite("ann (id-eve)")]).toEqual([
    true,
    false,
    false,
  ]);
  for (const body of ["1", "2", "3"]) forge.comment(2, "eve", body);
  forge.comment(1, "ann", "/banyan please");
  await port.commentOnIssue(1, "Yes.\nSee https://banyan.test/trees/x.\n\n<!-- banyan 1 -->");
  const comments = await port.issueComments(1);
  expect(comments.map(({ author, body, number }) => [author, body, number])).toEqual([
    [ANN, "/banyan please", 1],
    [BOT, "Yes.\nSee https://banyan.test/trees/x.\n\n<!-- banyan 1 -->", 1],
  ]);
  const [first] = await port.issueComments(2);
  const since = await port.commentsSince(first?.atMs ?? 0);
  expect(since.map(({ number, body }) => [number, body])).toEqual([
    [2, "1"],
    [2, "2"],
    [2, "3"],
    [1, "/banyan please"],
    [1, expect.stringContaining("Yes.")],
  ]);
  expect((await port.commentsSince(comments[0]?.atMs ?? 0)).map(({ number }) => number)).toEqual([1, 1]);
  const closed = forge.issueOf(3);
  if (closed) closed.open = false;
  expect((await port.issue(3)).isOpen).toBe(false);
  expect(forge.complaints).toEqual([]);
});

test("an account that may not see who may edit, a project that is not there, limits and a wrong token each have a kind", async () => {
  const { forge, port, project } = await started({ own: "write" });
  expect(await kindOf(port.mayWrite(ANN))).toMatchObject({ kind: "refused" });
  expect(await kindOf(port.issue(99))).toMatchObject({ kind: "missing" });
  const other = createJira({
    project: { ...project, key: "NONE" },
    secret: forge.token,
    signal: new AbortController().signal,
    now: Date.now,
  });
  expect(await kindOf(other.issues({ label: "x" }, null))).toMatchObject({
    kind: "refused",
    message: expect.stringContaining("The value 'NONE' does not exist for the field 'project'."),
  });
  const second = Math.floor(Date.now() / 1_000) + 90;
  forge.before = () => forge.limitedUntil(second);
  expect(await kindOf(port.login())).toMatchObject({ kind: "limited" });
  forge.before = null;
  const { port: wrong } = await started({ secret: "bot@acme.test:another" });
  expect(await kindOf(wrong.login())).toMatchObject({ message: expect.stringContaining("renew its secret") });
});

test("documents are read as text, and a text becomes a document in which only addresses are links", () => {
  const item = (text: string) => ({
    type: "listItem",
    content: [{ type: "paragraph", content: [{ type: "text", text }] }],
  });
  const read = textOf({
    type: "doc",
    content: [
      { type: "heading", content: [{ type: "text", text: "Sum" }] },
      {
        type: "paragraph",
        content: [{ type: "mention", attrs: { text: "@Ann" } }, { type: "hardBreak" }, { type: "text", text: "is" }],
      },
      { type: "bulletList", content: [item("one"), item("two")] },
      { type: "codeBlock", content: [{ type: "text", text: "a - b" }] },
      { type: "paragraph", content: [{ type: "inlineCard", attrs: { url: "https://x.test/" } }] },
    ],
  });
  expect(read).toBe("Sum\n\n@Ann\nis\n\n- one\n- two\na - b\n\nhttps://x.test/");
  expect([textOf(null), textOf("text"), textOf({ type: "text", text: 7 })]).toEqual(["", "", ""]);
  let deep: object = { type: "text", text: "x" };
  for (let at = 0; at < 5_000; at += 1) deep = { type: "panel", content: [deep] };
  expect(textOf(deep)).toBe("");
  expect(documentOf("*Not* {code}\nsee [it](https://x.test/a).\n\n[~accountid:1]")).toEqual({
    type: "doc",
    version: 1,
    content: [
      {
        type: "paragraph",
        content: [
          { type: "text", text: "*Not* {code}" },
          { type: "hardBreak" },
          { type: "text", text: "see [it](" },
          { type: "text", text: "https://x.test/a", marks: [{ type: "link", attrs: { href: "https://x.test/a" } }] },
          { type: "text", text: ")." },
        ],
      },
      { type: "paragraph", content: [{ type: "text", text: "[~accountid:1]" }] },
    ],
  });
});

test("a delivery of Jira's webhook counts with the right signature only", async () => {
  const { forge } = await started();
  expect(isSignedByJira(forge.signed("{}", "s"), "{}", "s")).toBe(true);
  expect(isSignedByJira(forge.signed("{}", "s"), "{ }", "s")).toBe(false);
  expect(isSignedByJira({}, "{}", "s")).toBe(false);
});
