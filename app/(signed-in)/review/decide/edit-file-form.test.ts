import { expect, test } from "vitest";
import { fileIn } from "./edit-file-form";

const call = (tool: string, input: object) => ({ tool, arguments: JSON.stringify(input) });

test("the text that a call writes into a file is edited as a file", () => {
  const write = { path: "a.ts", content: "one\ntwo\n" };
  expect(fileIn(call("write_file", write))).toEqual({
    path: "a.ts",
    name: "content",
    text: "one\ntwo\n",
    input: write,
  });
  const edit = { path: "a.ts", old_text: "one", new_text: "1", replace_all: true };
  expect(fileIn(call("edit_file", edit))).toMatchObject({ name: "new_text", text: "1", input: edit });
});

test("other calls, and arguments that are no such text, are edited as arguments", () => {
  expect(fileIn(call("find_files", { pattern: "*" }))).toBeNull();
  expect(fileIn(call("write_file", { path: "a.ts" }))).toBeNull();
  expect(fileIn({ tool: "write_file", arguments: '{"path":' })).toBeNull();
});
