import { expect, test } from "vitest";
import { factsOf, given, reply, response, task } from "@/tests/agents/specification";
import { safeCallId } from "./ids";
import { cutOutput, LEAST_OUTPUT_CHARS, OUTPUT_CHARS, outputShare, shorterOutputs } from "./output-share";

const SMALL = { contextTokens: 32_768, maxOutputTokens: 4_096, outputTokens: 16_000 };
const ids = ["a", "b", "c", "d", "e", "f", "g", "h"];
const eightReads = [
  ...task(),
  reply(1, ...ids.map((id) => ({ id, tool: "read_file", mode: "repeat" as const }))),
].flat();

test("the outputs of a turn share the rest of the context; later outputs get what earlier ones do not need", () => {
  const state = given(eightReads).state();
  const share = outputShare(state, SMALL);
  expect(share * 8).toBeLessThanOrEqual(0.9 * (SMALL.contextTokens - SMALL.maxOutputTokens) * 3);
  const later = given(eightReads, response(1, "a", "read_file", { text: "short" })).state();
  expect(outputShare(later, SMALL)).toBeGreaterThan(share);
});

test("with a large context an output stays whole, and no output is cut to nothing", () => {
  const state = given(eightReads).state();
  expect(outputShare(state, { contextTokens: 1_000_000, maxOutputTokens: 8_000, outputTokens: 16_000 })).toBe(
    OUTPUT_CHARS,
  );
  expect(outputShare(state, { contextTokens: 5_000, maxOutputTokens: 4_096, outputTokens: 16_000 })).toBe(
    LEAST_OUTPUT_CHARS,
  );
});

test("a cut output fits its share and says how to read the rest", () => {
  const text = `begin ${"x".repeat(50_000)} end`;
  const cut = cutOutput(text, 4_000, "call-1");
  expect(cut.length).toBeLessThanOrEqual(4_000);
  expect(cut).toMatch(
    /^begin x+\n\[… \d+ characters left out: read_output with call "call-1" and offset \d+ shows them …\]\nx+ end$/,
  );
  expect(cutOutput("short", 4_000, "call-1")).toBe("short");
  const long = `call_1__thought__${"Cg".repeat(500)}`;
  expect(cutOutput(text, 4_000, long)).toContain(`read_output with call "${safeCallId(long)}" and offset`);
  expect(cutOutput(text, 4_000, long).length).toBeLessThanOrEqual(4_000);
});

test("a conversation of one turn that does not fit is shortened until no output is long, and only then fails", () => {
  const log = [...task(), reply(1, { id: "a", tool: "read_file", mode: "repeat" as const })].flat();
  const answered = [...log, response(1, "a", "read_file", { text: "x".repeat(60_000) })].flat();
  let shortened = 0;
  for (let length = 60_000; length > LEAST_OUTPUT_CHARS; shortened += 1) {
    answered.push({ kind: "event", turn: 1, content: { type: "too_long", message: "Too long." } });
    length = Math.max(LEAST_OUTPUT_CHARS, Math.floor(length / 2));
    const event = { type: "outputs_shortened", maxChars: expect.any(Number) };
    given(answered)
      .when()
      .decides({ kind: "note", entries: [{ content: event }] });
    answered.push({ kind: "event", turn: 1, content: { type: "outputs_shortened", maxChars: length } });
    given(answered).when().decides({ kind: "call_model" });
  }
  expect(shortened).toBeGreaterThan(3);
  expect(shorterOutputs(given(answered).state().messages)).toBeNull();
  answered.push({ kind: "event", turn: 1, content: { type: "too_long", message: "Too long." } });
  given(answered).when(factsOf()).decides({ kind: "end", status: "failed", reason: "bad_request" });
});
