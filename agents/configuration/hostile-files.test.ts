/** V11: files of entries that a stranger has made: each is refused in one sentence about its line, and harms nothing. */
import { expect, test } from "vitest";
import { entriesIn } from "./entry-files";

const DEEP = 100_000;
const step = (yaml: string) =>
  `---\nname: a-runbook\ndescription: Steps of a stranger.\n---\n\n## One\n\n\`\`\`step\n${yaml}\n\`\`\`\n\n## Two\n\n\`\`\`step\nend: { status: success, result: done }\n\`\`\`\n`;
const document = (yaml: string) => `---\nname: notes\ndescription: ${yaml}\n---\nText\n`;
const agent = (yaml: string) =>
  `---\nname: coder\ndescription: Notes that a stranger has written.\ntools: []\nmodel: inherit\ndocuments: []\nweb_search: false\nfinishing: { evaluate: auto, summarize: auto, document: auto }\n${yaml}\n---\nDo it.\n`;

const BOMB = `&a ["x","x","x","x","x","x","x","x","x"]\n${[..."bcdefghi"]
  .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${"abcdefghi"[at]}`).join(",")}]`)
  .join("\n")}`;

const ATTACKS: [string, RegExp, "agent" | "document" | "runbook", string][] = [
  ["lists nested 100,000 deep", /nested too deeply/, "document", document("[".repeat(DEEP))],
  [
    "lists nested 100,000 deep and closed",
    /nested too deeply/,
    "document",
    document("[".repeat(DEEP) + "]".repeat(DEEP)),
  ],
  [
    "objects nested 100,000 deep",
    /nested too deeply/,
    "agent",
    agent(`grant: ${"{a: ".repeat(DEEP)}1${"}".repeat(DEEP)}`),
  ],
  ["blocks nested 5,000 deep", /on same line with key/, "agent", agent(`grant: ${"- ".repeat(5_000)}x`)],
  ["aliases that expand without end", /Excessive alias count/, "document", document(BOMB)],
  ["an alias to itself", /`grant` of an agent is invalid/, "agent", agent("grant: &a [*a]")],
  ["a prototype as a key", /"__proto__" is not a key/, "agent", agent('__proto__: {tools: ["run_command"]}')],
  ["a constructor as a key", /"constructor" is not a key/, "agent", agent("constructor: {prototype: {isAdmin: true}}")],
  [
    "a path as its name",
    /`name` of a document is invalid/,
    "document",
    "---\nname: ../../etc/passwd\ndescription: Notes that a stranger has written.\n---\nText\n",
  ],
  [
    "invisible characters in its name",
    /`name` of a document is invalid/,
    "document",
    '---\nname: "no\\u200btes"\ndescription: Notes that a stranger has written.\n---\nText\n',
  ],
  [
    "the name of a prototype",
    /`name` of a document is invalid/,
    "document",
    "---\nname: __proto__\ndescription: Notes that a stranger has written.\n---\nText\n",
  ],
  ["a right that does not exist", /`rights.1` of an agent is invalid/, "agent", agent("rights: [read, root]")],
  ["a key for more than agents may have", /"role" is not a key/, "agent", agent("role: admin")],
  ["a step nested 100,000 deep", /nested too deeply/, "runbook", step(`set:\n  x: ${"[".repeat(DEEP)}`)],
  ["a step of objects nested 50,000 deep", /nested too deeply/, "runbook", step(`set:\n  x: ${"{a: ".repeat(50_000)}`)],
  [
    "an expression nested 50,000 deep",
    /longer than 2000 characters/,
    "runbook",
    step(`check: x\nthat: ${"(".repeat(50_000)}`),
  ],
];

test.each(ATTACKS)("a file with %s is refused in one sentence", async (_, expected, kind, text) => {
  const [found] = await entriesIn(kind, [{ file: "hostile.md", text }]);
  expect(found?.entry).toBeNull();
  const problem = found?.problem ?? "";
  expect(problem).toMatch(/^(hostile\.md:\d+: |Line \d+ of the runbook )/);
  expect(problem).toMatch(expected);
  expect(problem.length).toBeLessThan(1_000);
  expect(problem).not.toMatch(/\p{Cc}|\p{Cf}|call stack/u);
  expect(({} as Record<string, unknown>).tools).toBeUndefined();
  expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
});

test("a file's own name is no path: only the name in the file counts", async () => {
  const text = document("Notes that a stranger has written.");
  const [found] = await entriesIn("document", [{ file: "../../../etc/passwd.md", text }]);
  expect(found?.entry?.body.name).toBe("notes");
});

test("a tag that constructs an object in other programs is a text here", async () => {
  const text = document("!!js/function Notes that a stranger has written.");
  const [found] = await entriesIn("document", [{ file: "notes.md", text }]);
  expect(found?.entry?.body.description).toBe("Notes that a stranger has written.");
});
