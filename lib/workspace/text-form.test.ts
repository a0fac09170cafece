/** Files in the forms in which people have them: line ends of Windows, byte order marks, UTF-16, and other encodings. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { editTextFile, readTextAsTool, writeTextFile } from "./files";
import { inForm, readForm } from "./text-form";

function folder() {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-forms-")));
  onTestFinished(() => fs.rmSync(root, { recursive: true, force: true }));
  const view = { root, hiddenPaths: [] };
  const put = (name: string, bytes: string | Buffer) => fs.writeFileSync(path.join(root, name), bytes);
  const bytesOf = (name: string) => fs.readFileSync(path.join(root, name));
  const edit = (old_text: string, new_text: string, more = {}) =>
    editTextFile(view, { path: "f", old_text, new_text, ...more });
  return { root, view, put, bytesOf, edit };
}

test("lines of Windows keep their ends, whichever the edit is written with", async () => {
  const { put, bytesOf, edit, view } = folder();
  put("f", "a\r\n{\r\n  x\r\n}\r\n");
  await edit("{\n  x\n}", "{\n  y\n  z\n}");
  expect(bytesOf("f").toString()).toBe("a\r\n{\r\n  y\r\n  z\r\n}\r\n");
  await edit("a", "a\nb");
  expect(bytesOf("f").toString()).toBe("a\r\nb\r\n{\r\n  y\r\n  z\r\n}\r\n");
  await writeTextFile(view, "f", "one\ntwo\n");
  expect(bytesOf("f").toString()).toBe("one\r\ntwo\r\n");
});

test("an old text that begins with a line end takes the whole end of the line before", async () => {
  const { put, bytesOf, edit } = folder();
  put("f", "a\r\nb\r\nc\r\n");
  await edit("\nb", "\nx");
  expect(bytesOf("f").toString()).toBe("a\r\nx\r\nc\r\n");
  await edit("\n", "\n\n", { replace_all: true });
  expect(bytesOf("f").toString()).toBe("a\r\n\r\nx\r\n\r\nc\r\n\r\n");
});

test("places with either line end are the same text", async () => {
  const { put, bytesOf, edit } = folder();
  put("f", "a\r\nb\na\nb\n");
  await expect(edit("a\nb", "a\nc")).rejects.toThrow("occurs 2 times");
  await edit("a\nb", "a\nc", { replace_all: true });
  expect(bytesOf("f").toString()).toBe("a\r\nc\na\nc\n");
});

test("an edit with CRLF in a file of line feeds, and one of nothing but line ends", async () => {
  const { put, bytesOf, edit } = folder();
  put("f", "a\nb\n");
  await edit("a\r\nb", "c\r\nd");
  expect(bytesOf("f").toString()).toBe("c\nd\n");
  put("f", "a\r\nb\r\n");
  await edit("a\r\n", "a\n");
  expect(bytesOf("f").toString()).toBe("a\nb\r\n");
});

test("in a file of both, each place keeps its own end, and other lines stay as they are", async () => {
  const { put, bytesOf, edit, view } = folder();
  put("f", "a\r\nb\nc\r\nd\n");
  await edit("b", "b1\nb2");
  await edit("c", "c1\nc2");
  expect(bytesOf("f").toString()).toBe("a\r\nb1\nb2\nc1\r\nc2\r\nd\n");
  await writeTextFile(view, "f", "x\ny\r\n");
  expect(bytesOf("f").toString()).toBe("x\ny\r\n");
});

test.each([
  ["UTF-8 with a mark", "utf8", true],
  ["UTF-16, little end first", "utf16le", true],
  ["UTF-16, big end first", "utf16be", true],
] as const)("%s is read without the mark, edited and rewritten as it is", async (_name, encoding, hasMark) => {
  const { put, bytesOf, edit, view } = folder();
  const form = { encoding, hasMark };
  put("f", inForm("größe=1\r\nb=2\r\n", form));
  expect(await readTextAsTool(view, "f")).toBe("größe=1\r\nb=2\r\n");
  await edit("größe=1\nb", "größe=3\nc");
  expect(bytesOf("f")).toEqual(inForm("größe=3\r\nc=2\r\n", form));
  await writeTextFile(view, "f", "é\n");
  expect(bytesOf("f")).toEqual(inForm("é\r\n", form));
});

test("the character U+FFFD is text like any other", async () => {
  const { put, bytesOf, edit } = folder();
  put("f", "a \uFFFD b\n");
  await edit("a \uFFFD", "c \uFFFD");
  expect(bytesOf("f").toString()).toBe("c \uFFFD b\n");
});

test("a file in another encoding keeps its bytes under an edit in ASCII, and refuses others", async () => {
  const { put, bytesOf, edit } = folder();
  put("f", Buffer.from("caf\xe9 = 1\r\n", "latin1"));
  await edit("= 1", "= 2\nnext");
  expect(bytesOf("f")).toEqual(Buffer.from("caf\xe9 = 2\r\nnext\r\n", "latin1"));
  await expect(edit("= 2", "= é")).rejects.toThrow("neither UTF-8 nor marked as UTF-16");
});

test("text without a line end, an empty file, and half a character of UTF-16", async () => {
  const { put, bytesOf, view } = folder();
  put("f", "a");
  await writeTextFile(view, "f", "a\nb");
  expect(bytesOf("f").toString()).toBe("a\nb");
  put("f", "");
  await writeTextFile(view, "f", "a\r\nb\n");
  expect(bytesOf("f").toString()).toBe("a\r\nb\n");
  expect(readForm(Buffer.from([0xff, 0xfe, 0x41]))).toBeNull();
  expect(readForm(Buffer.from([0, 1, 2]))).toBeNull();
});

test("a link is read where it leads to a file of the folder, and named when somebody writes to it", async () => {
  const { root, put, edit, view } = folder();
  fs.mkdirSync(path.join(root, "docs"));
  put("docs/rules.md", "rules\n");
  fs.symlinkSync("docs/rules.md", path.join(root, "f"));
  fs.symlinkSync("f", path.join(root, "again"));
  fs.symlinkSync("docs", path.join(root, "folder"));
  fs.symlinkSync("/workspace/docs/rules.md", path.join(root, "absolute"));
  for (const name of ["f", "again", "folder/rules.md", "absolute"])
    expect(await readTextAsTool(view, name)).toBe("rules\n");
  await expect(edit("rules", "x")).rejects.toThrow('"f" is a symbolic link to "docs/rules.md"');
  await expect(writeTextFile(view, "f", "x")).rejects.toThrow('"f" is a symbolic link to "docs/rules.md"');
  expect(fs.readFileSync(path.join(root, "docs/rules.md"), "utf8")).toBe("rules\n");
});

test("a link that leads outside, nowhere, in a circle or to something hidden is not read", async () => {
  const { root, view } = folder();
  const secret = path.join(root, "hidden.txt");
  fs.writeFileSync(secret, "secret");
  const link = (name: string, to: string) => fs.symlinkSync(to, path.join(root, name));
  link("outside", "/etc/hostname");
  link("up", "../../etc/hostname");
  link("circle", "circle");
  link("nowhere", "missing.txt");
  link("hidden", "hidden.txt");
  const read = (name: string) => readTextAsTool({ ...view, hiddenPaths: [secret] }, name);
  for (const name of ["outside", "up"]) await expect(read(name)).rejects.toThrow("leads outside the workspace");
  await expect(read("circle")).rejects.toThrow("circle of symbolic links");
  await expect(read("nowhere")).rejects.toThrow("There is no");
  await expect(read("hidden")).rejects.toThrow();
});
