import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { EditLines, editOf } from "./edit-lines";

const item = (input: unknown, tool = "edit_file") =>
  ({ kind: "approval", tool, evidence: JSON.stringify(input) }) as const;

test("an edit shows the lines that it removes and adds, escaped", () => {
  const edit = editOf(item({ path: "a.md", old_text: "one\ntwo", new_text: "<b>three</b>" }));
  if (!edit) throw new Error("It is an edit.");
  const html = renderToStaticMarkup(<EditLines edit={edit} />);
  expect(html).toContain("− one\n− two");
  expect(html).toContain("+ &lt;b&gt;three&lt;/b&gt;");
});

test("other calls, cut arguments and long edits are no edit to show", () => {
  expect(editOf(item({ path: "a.md", content: "x" }, "write_file"))).toBe(null);
  expect(editOf({ ...item({}), evidence: '{"path": "a.md", "old_te' })).toBe(null);
  expect(editOf(item({ path: "a.md", old_text: "x\n".repeat(50), new_text: "" }))).toBe(null);
});
