import { expect, test } from "vitest";
import { edited, keepingForm } from "./edited";

const edit = (text: string, old_text: string, new_text: string, replace_all = false) =>
  edited(text, { path: "a", old_text, new_text, replace_all }).text;

test("line feeds match CRLF, and what is written gets the file's line ends", () => {
  expect(edit("a\r\nb\r\nc\r\n", "a\nb", "a\nx\nb")).toBe("a\r\nx\r\nb\r\nc\r\n");
  expect(edit("a\r\nb\r\n", "b", "b\nc")).toBe("a\r\nb\r\nc\r\n");
  expect(edit("a\nb\n", "a\r\nb", "x\r\ny")).toBe("x\ny\n");
});

test("in a file of both line ends, bytes outside of the edit stay, and the edited line gives its end", () => {
  expect(edit("a\nb\r\nc\n", "b", "x\ny")).toBe("a\nx\r\ny\r\nc\n");
  expect(edit("a\r\nb\na\nb", "a\nb", "a\nc", true)).toBe("a\r\nc\na\nc");
});

test("an edit of line ends alone means them as written", () => {
  expect(edit("a\r\nb", "a\r\nb", "a\nb")).toBe("a\nb");
  expect(edit("a\nb", "a\n", "a\r\n")).toBe("a\r\nb");
});

test("signs of patterns and of replacements are plain text", () => {
  expect(edit("f($1) + [x-y]/\\d\r\n", "f($1) + [x-y]/\\d", "$& $1")).toBe("$& $1\r\n");
});

test("a second place is refused, also one that overlaps, and half of a CRLF is none", () => {
  expect(() => edit("a\r\na\n", "a\n", "b\n")).toThrow("occurs 2 times");
  expect(() => edit("aaa", "aa", "b")).toThrow("overlap");
  expect(edit("a\r\nb", "\nb", "\nc")).toBe("a\r\nc");
});

test("a whole new text keeps the mark and the line ends of a file", () => {
  expect(keepingForm("\uFEFFa\r\nb\r\n", "x\ny\n")).toBe("\uFEFFx\r\ny\r\n");
  expect(keepingForm("a\nb\r\n", "x\ny\n")).toBe("x\ny\n");
  expect(keepingForm("a\r\n", "x\r\ny\n")).toBe("x\r\ny\n");
  expect(keepingForm(null, "x\n")).toBe("x\n");
});
