import { expect, test } from "vitest";
import { callResultSchema, textOfCall } from "./content";

const MOST = 1_000;

test.each<[string, object, string]>([
  ["null in place of a list", { content: null, structuredContent: { ok: true }, isError: null }, '{"ok":true}'],
  ["a text in place of a list", { content: "done" }, "done"],
  ["no content", {}, ""],
  [
    "parts with null",
    {
      content: [{ type: "text", text: "hi", annotations: null }, null, { type: "text", text: null }],
      structuredContent: null,
    },
    "hi\n",
  ],
])("a result with %s is read", (_, given, text) => {
  expect(textOfCall(callResultSchema.parse(given), MOST)).toEqual({ text, isError: false, isCut: false });
});
