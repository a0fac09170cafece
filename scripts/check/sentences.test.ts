import { expect, test } from "vitest";
import { fixture } from "../testing/fixture";
import { faultLine } from "./fault";
import { checkSentences } from "./sentences";
import { readSources } from "./sources";

const check = (files: Record<string, string>, exceptions: Record<string, string> = {}) =>
  checkSentences(readSources(fixture(files)), exceptions).map(faultLine);

test.each([
  ["part of a sentence", 'done.sentence.includes("has read its result")', "sentence", ".includes"],
  ["how it begins", 'outcome?.detail?.trim().startsWith("The cap")', "detail", ".startsWith"],
  ["a pattern", '/goes on with "(.+)"/s.exec(ifIgnored ?? "")?.[1]', "ifIgnored", ".exec"],
  ["a named pattern", "CAP_OF_DAY.test(task.reason_detail)", "reason_detail", ".test"],
  ["words of a title", 'review.title.split(" ")', "title", ".split"],
  ["a rewritten sentence", 'words.trim().replace(/ to /, " ")', "words", ".replace"],
  ["a whole sentence", 'error.message === "It is gone."', "message", "==="],
  ["words that name a case", 'task.paused_by.name === "manual stepping"', "name", "==="],
  ["a pattern of words, whatever it searches", "/is used up/.test(text)", "text", ".test"],
])("%s is found", (_, code, name, how) => {
  const faults = check({ "app/a.ts": `\nexport const found = ${code};\n` });
  expect(faults).toEqual([
    `app/a.ts:2: reads \`${name}\`, which is text for people, with \`${how}\`: pass the fact in its own field ` +
      "(a code, an id, a number) and build the sentence from it where it is shown",
  ]);
});

test("finds a switch over sentences", () => {
  const text = 'switch (task.headline) {\n  case "Waits for you":\n    go();\n}\n';
  expect(check({ "scripts/cli/a.ts": text })).toEqual([expect.stringContaining("reads `headline`")]);
});

test("words and patterns with a name are found, also where they are imported", () => {
  const files = {
    "core/words.ts":
      'export const LOST = "The folder is lost";\nexport const FULL = /is used up/;\nexport const CODE = "lost";\n',
    "app/a.ts": `import { CODE, FULL as full, LOST } from "@/core/words";
const OWN = new RegExp("goes on with");
export const found = [text === LOST, full.test(text), text.search(OWN), text === CODE];
`,
    "core/b.ts": 'import { LOST } from "./words";\nexport const found = LOST === text;\n',
  };
  expect(check(files).map((line) => line.split(",", 1)[0])).toEqual([
    "app/a.ts:3: reads `text`",
    "app/a.ts:3: reads `text`",
    "app/a.ts:3: reads `text`",
    "core/b.ts:2: reads `text`",
  ]);
});

test.each([
  ["a sentence", "`UPDATE tasks SET detail = 'Interrupted ' || times || ' times without progress'`", "“Interrupted ”"],
  ["words in a value", "\"INSERT INTO pauses (by) VALUES ('manual stepping')\"", "“manual stepping”"],
  ["words that are searched", "`SELECT 1 FROM reviews WHERE title LIKE '%waits for%'`", "“%waits for%”"],
  ["how JSON begins", '`SELECT 1 FROM messages WHERE body LIKE \'{"type":"note"%\'`', "how JSON begins"],
])("SQL with %s is found in the database, and only there", (_, sql, named) => {
  const text = `export const sql = ${sql};\n`;
  expect(check({ "db/a.ts": text })).toEqual([expect.stringContaining(named)]);
  expect(check({ "agents/a.ts": text })).toEqual([]);
});

test.each([
  [
    "codes",
    "`SELECT uid FROM tasks WHERE status IN ('ready', 'running') AND wait_kind = 'answer' AND by = ' (token '`",
  ],
  ["fields of JSON", "`SELECT body ->> '$.type' FROM messages WHERE json_valid(body)`"],
  ["what is no SQL", "\"It's one of the agent's words\""],
])("accepts SQL with %s", (_, sql) => {
  expect(check({ "db/a.ts": `export const sql = ${sql};\n` })).toEqual([]);
});

test("a renamed sentence stays a sentence within its function", () => {
  const text = `export function a(review: Review) {
  const text = review.detail ?? "";
  return lines.map(() => text.split(" "));
}
export function b({ title: shown }: Review) {
  return shown.indexOf("x");
}
export function c(text: string, shown: string) {
  return text.split(" ").concat(shown.match(/x/) ?? []);
}
`;
  expect(check({ "core/a.ts": text })).toEqual([
    expect.stringContaining("core/a.ts:3: reads `text`"),
    expect.stringContaining("core/a.ts:6: reads `shown`"),
  ]);
});

test.each([
  ["a code", 'task.reason === "broken_log" || switchOn(task.reason)'],
  ["whether there is a sentence", 'detail !== "" && message === undefined && title === other.title'],
  ["a shorter title", 'title.slice(0, 80) + question.split("\\n", 1)[0]'],
  ["a mark at its end", 'sentence.replace(/[.…]+$/, "")'],
  ["a path", 'path.startsWith("a/") || line === "+++ /dev/null" || key === " "'],
  ["a set of codes", "FINAL.has(event.kind) && names.includes(title)"],
])("accepts %s", (_, code) => {
  expect(check({ "components/a.tsx": `export const fine = ${code};\n` })).toEqual([]);
});

test("tests, adapters and scripts may read any text", () => {
  const text = 'export const a = error.message.includes("no such file");\n';
  expect(check({ "app/a.test.ts": text, "lib/git/a.ts": text, "scripts/bench/a.ts": text })).toEqual([]);
});

test("accepts an exception while it is needed, and finds it when it is not", () => {
  const files = { "db/file/errors.ts": "export const isFull = (message: string) => /no space/.test(message);\n" };
  expect(check(files, { "db/file/errors.ts:message": "SQLite says it nowhere else" })).toEqual([]);
  expect(check({}, { "db/file/errors.ts:message": "SQLite says it nowhere else" })).toEqual([
    "scripts/check/read-sentences.ts: names db/file/errors.ts:message, which is no longer an exception: delete its line",
  ]);
});
