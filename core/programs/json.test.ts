import { expect, test } from "vitest";
import { jsonIn } from "./json";

test("the JSON object in a model's text is read, and anything else is none", () => {
  expect(jsonIn('Here it is:\n```json\n{"a": {"b": 1}}\n``` Done.')).toEqual({ a: { b: 1 } });
  expect(["", "none", "}{", "{ not JSON }", "{"].map(jsonIn)).toEqual([null, null, null, null, null]);
  // A pattern that began again at each brace took minutes for it.
  expect(jsonIn("{".repeat(1_000_000))).toBe(null);
});
