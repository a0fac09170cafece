/** U2: Markdown of an agent that would keep the server's process or a browser's tab busy, or fill its memory. */
import { readdirSync, readFileSync } from "node:fs";
import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";
import { Markdown } from "./markdown";
import { MarkdownBody } from "./markdown-body";
import { isWithinBounds } from "./markdown-bounds";

const SIZE = 32_000;
const full = (piece: string, size = SIZE) => piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
const lines = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, at) => line(at));

/** Each took seconds to minutes, or ended the process, at 32 KB. */
const HOSTILE: Record<string, string> = {
  "a table of 170 million cells": `${full("|a")}\n${full("|-")}\n${full("b\n")}`,
  "many wide tables": lines(60, () => `${"|a".repeat(70)}\n${"|-".repeat(70)}\n${"b\n".repeat(60)}`).join("\n"),
  "quotes in quotes": full(">"),
  "lists in lists": full("1. - "),
  "a list that gets deeper with each line": lines(250, (at) => `${" ".repeat(at * 2)}- a`).join("\n"),
  emphasis: full("*a_ "),
  "emphasis in several paragraphs": lines(12, () => full("*a_ ", 2_500)).join("\n\n"),
  "struck words": full("~a~~b"),
  links: full("[a]("),
  brackets: full("["),
  "code marks": full("`a"),
  "underlined headings": full("a\n=\n"),
  "underlined headings with space between": full("a\n-\n\n"),
  "names of e-mail addresses": `${full("a.")} *`,
  "addresses of pages": full("www.a.b "),
};

test.each(Object.entries(HOSTILE))("U2: %s are shown as they are written", (_, text) => {
  expect(isWithinBounds(text)).toBe(false);
  const html = renderToString(<Markdown text={text} />);
  expect(html).toContain('<p class="whitespace-pre-wrap">');
  expect(html).not.toMatch(/<(table|ul|ol|blockquote|em|a|h3|code)\b/);
});

test("what is just within the bounds is parsed, however deep and wide it is", () => {
  const deep = `${full("1. - ", 98)}a`;
  const wide = `${"|a".repeat(90)}\n${"|-".repeat(90)}\n${"b\n".repeat(200)}`;
  for (const [text, element] of [
    [deep, "<ol>"],
    [wide, "<td>"],
    [full("*a_ ", 3_900), "<p>"],
  ] as const) {
    expect(isWithinBounds(text)).toBe(true);
    expect(renderToString(<MarkdownBody text={text} />)).toContain(element);
  }
});

test("what people write is within the bounds", () => {
  const files = ["README.md", "ARCHITECTURE.md", ...readdirSync("docs").map((name) => `docs/${name}`)];
  const written = files.filter((name) => name.endsWith(".md"));
  expect(written.length).toBeGreaterThan(20);
  for (const name of written) expect([name, isWithinBounds(readFileSync(name, "utf8"))]).toEqual([name, true]);
  const rule = `Above\n\n${"-".repeat(200)}\n\nBelow`;
  expect(isWithinBounds(rule)).toBe(true);
});
