import { expect, test } from "vitest";
import { parseVerdict } from "./verdict";

test.each([
  ['{"outcome":"pass","reasons":["It holds."]}', "pass", ["It holds."]],
  ['Here it is:\n```json\n{"outcome":"fail","reasons":["No tests.", 3]}\n```', "fail", ["No tests.", "3"]],
  ['{"outcome":"unjudged"}', "unjudged", []],
  ['{"outcome":"pass","reasons":"All of it."}', "pass", ["All of it."]],
  ["Pass. Everything is there.", "pass", ["Pass. Everything is there."]],
  ["**Verdict: failed**, the file is missing", "fail", ["**Verdict: failed**, the file is missing"]],
])("%s", (text, outcome, reasons) => expect(parseVerdict(text)).toEqual({ outcome, reasons }));

test.each(["", "Looks good to me.", '{"outcome":"maybe"}', "{not json}", "I would pass on this one.", "passable work"])(
  "a verdict is never guessed: %j",
  (text) => expect(parseVerdict(text).outcome).toBe("unjudged"),
);
