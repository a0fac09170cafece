import { expect, test } from "vitest";
import { codeParts } from "./code-colours";

const lookOf = async (path: string, text: string, word: string) =>
  (await codeParts(path, text))?.find((part) => part.text.includes(word))?.look;

test("the parts of a file are its whole text, with keywords, strings and comments in their colours", async () => {
  const code = 'export const a: string = "b"; // why\n\nreturn 1;\n';
  expect((await codeParts("lib/a.ts", code))?.map(({ text }) => text).join("")).toBe(code);
  expect(await lookOf("lib/a.ts", code, "export")).toBe("text-accent");
  expect(await lookOf("lib/a.ts", code, '"b"')).toBe("text-ok");
  expect(await lookOf("lib/a.ts", code, "// why")).toBe("text-ink-3");
});

test("each language has a parser, and broken code keeps its text", async () => {
  for (const [path, text, word, look] of [
    ["a.tsx", "const b = <p>c</p>;", "const", "text-accent"],
    ["A.JSON", '{"a": 1}', "1", "text-park"],
    ["a.css", "a { color: red; }", "color", "text-wait"],
    ["a.html", '<p class="b">c</p>', "p", "text-accent"],
    ["a.md", "# Title\n\ntext", "Title", "text-accent"],
    ["a.py", "def f():\n    return None", "def", "text-accent"],
  ] as const)
    expect([path, await lookOf(path, text, word)]).toEqual([path, look]);
  const broken = "const {{{ (\n\n'";
  expect((await codeParts("a.js", broken))?.map(({ text }) => text).join("")).toBe(broken);
});

test("another language and a very long text stay plain", async () => {
  expect(await codeParts("a.rs", "fn main() {}")).toBe(null);
  expect(await codeParts("constructor", "x")).toBe(null);
  expect(await codeParts("a.ts", "a".repeat(100_001))).toBe(null);
});

test("U2: a text that keeps the parser busy stays plain", async () => {
  let steps = 0;
  const afterSome = () => {
    steps += 1;
    return steps > 150;
  };
  expect(await codeParts("a.ts", "/[".repeat(20_000), afterSome)).toBe(null);
  expect(steps).toBe(151);
  steps = 0;
  expect((await codeParts("a.ts", "const a = 1;\n".repeat(5), afterSome))?.length).toBeGreaterThan(5);
});
