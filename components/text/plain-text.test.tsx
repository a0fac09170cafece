import fc from "fast-check";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { MarkdownBody } from "./markdown-body";
import { plainParagraphs } from "./plain-text";

const html = (text: string) => renderToStaticMarkup(<MarkdownBody text={text} />).replaceAll("</p>\n<p>", "</p><p>");

test("plain sentences need no parser", () => {
  expect(plainParagraphs("Which name does it get?")).toEqual(["Which name does it get?"]);
  expect(plainParagraphs("It's done (all 3).\nIn 2.5 s.\n\n\nNext: a - b + c.\n")).toEqual([
    "It's done (all 3).\nIn 2.5 s.",
    "Next: a - b + c.",
  ]);
});

test.each([
  "- a",
  "a\n- b",
  "1. a",
  "a\n===",
  "a\n---",
  "a\n:-",
  "# a",
  "a *b*",
  "`a`",
  "https://a.b",
  "www.a.b",
  "a@b.c",
  "<b>",
])("%j needs the parser", (text) => {
  expect(plainParagraphs(text)).toBeNull();
});

test("what needs no parser looks the same with it", () => {
  const pieces = fc.constantFrom(
    ..."ab 1.,:;?()'\"-+=/\n%$^{}é·",
    "\n\n",
    "10. ",
    "- ",
    "http",
    "ftp:",
    "word ",
    ". ",
    "…",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      const text = parts.join("");
      const plain = plainParagraphs(text);
      if (plain === null) return;
      const own = plain.map((paragraph) => renderToStaticMarkup(<p>{paragraph}</p>)).join("");
      expect(own).toBe(html(text));
    }),
    { numRuns: 1_000 },
  );
});
