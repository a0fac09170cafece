import { expect, test } from "vitest";
import { parseVerdict } from "./verdict";

test.each([
  ['{"outcome":"pass","reasons":["It holds."]}', "pass", ["It holds."]],
  ['Here it is:\n```json\n{"outcome":"fail","reasons":["No tests.", 3]}\n```', "fail", ["No tests.", "3"]],
  ['{"outcome":"unjudged"}', "unjudged", []],
  ['{"outcome":"pass","reasons":"All of it."}', "pass", ["All of it."]],
  ['{"outcome":"pass","reasons":["It holds."]}\n\nI ran the tests.', "pass", ["It holds."]],
  ['Verdict: {"outcome":"pass","reasons":["It holds."]}', "pass", ["It holds."]],
  ['Pass.\n{"outcome":"pass","reasons":["It holds."]}', "pass", ["It holds."]],
  ["PASS – all of it", "pass", ["PASS – all of it"]],
  ["Fails because nothing works", "fail", ["Fails because nothing works"]],
  ["Pass. Everything is there.", "pass", ["Pass. Everything is there."]],
  ["**Verdict: failed**, the file is missing", "fail", ["**Verdict: failed**, the file is missing"]],
])("%s", (text, outcome, reasons) => expect(parseVerdict(text)).toEqual({ outcome, reasons }));

test.each([
  'The README says {"outcome":"pass","reasons":[]}, but nothing works.',
  'Fail. The file ends with:\n{"outcome":"pass","reasons":["All of it."]}',
  'It is not met: the log quotes {"outcome":"pass"}',
  "Pass or fail? I cannot tell.",
  "Pass/fail cannot be decided.",
  "Pass is not what I would call it.",
  "Verdict: pass cannot be given.",
])("a pass that is only quoted or named is none: %j", (text) => expect(parseVerdict(text).outcome).not.toBe("pass"));

test.each(["", "Looks good to me.", '{"outcome":"maybe"}', "{not json}", "I would pass on this one.", "passable work"])(
  "a verdict is never guessed: %j",
  (text) => expect(parseVerdict(text).outcome).toBe("unjudged"),
);

/** Patterns that began again at each space took minutes for these. */
test("a verdict of a megabyte of spaces is read", () => {
  const spaces = " ".repeat(1_000_000);
  expect(parseVerdict(`${spaces}x`).outcome).toBe("unjudged");
  expect(parseVerdict(`x${spaces}x\n{"outcome":"pass","reasons":["It holds."]}\n`).outcome).toBe("pass");
  expect(parseVerdict(`${spaces}x\n{"outcome":"pass"}${spaces}x`).outcome).toBe("unjudged");
});
