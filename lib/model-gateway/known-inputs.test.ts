import { expect, test } from "vitest";
import type { Asked, Json } from "./forms/form";
import { createKnownInputs } from "./known-inputs";

const asked = (body: Json, media: Partial<Asked["media"]> = {}): Asked => ({
  model: "m",
  isStream: false,
  body,
  outputTokens: null,
  leastOutputTokens: 1,
  media: { bytes: 0, tokens: 0, isOpen: false, ...media },
});
const said = (text: string, more: Json = {}) => ({ role: "user", content: [{ type: "text", text, ...more }] });
const LONG = said("a".repeat(40_000));
const MARK = { cache_control: { type: "ephemeral" } };

test("an unknown request has at most a token for each byte", () => {
  const body = { messages: [LONG], tools: [{ name: "x" }] };
  const most = createKnownInputs().most("m", asked(body)) ?? 0;
  expect(most).toBeGreaterThan(JSON.stringify(body).length);
  expect(most).toBeLessThan(JSON.stringify(body).length + 2_000);
});

test("a conversation that grew has what the provider counted, and a token for each new byte", () => {
  const known = createKnownInputs();
  known.learn("m", asked({ system: "s", messages: [LONG, said("mark", MARK)] }), 10_000);
  const grown = { system: "s", messages: [LONG, said("mark"), said("b".repeat(1_000), MARK)] };
  const most = known.most("m", asked(grown)) ?? 0;
  expect(most).toBeGreaterThan(11_000);
  expect(most).toBeLessThan(11_300);
  // Another model counts differently.
  expect(known.most("other", asked(grown))).toBeGreaterThan(41_000);
});

test("another conversation, or another rule for it, is counted anew", () => {
  const known = createKnownInputs();
  const thoughts = { role: "assistant", content: [{ type: "thinking", thinking: "t".repeat(9_000) }] };
  const context_management = { edits: [{ type: "clear_tool_uses_20250919" }] };
  known.learn("m", asked({ messages: [LONG, thoughts, said("x")], context_management }), 20);
  // Without its last message the thoughts may count, and without the rule what was cleared does.
  expect(known.most("m", asked({ messages: [LONG, thoughts], context_management }))).toBeGreaterThan(49_000);
  expect(known.most("m", asked({ messages: [LONG, thoughts, said("x")] }))).toBeGreaterThan(49_000);
  expect(known.most("m", asked({ messages: [thoughts, LONG, said("x")], context_management }))).toBeGreaterThan(49_000);
});

test("a piece counts as often as the earlier request had it, and a changed piece is new", () => {
  const known = createKnownInputs();
  known.learn("m", asked({ messages: [LONG] }), 10_000);
  expect(known.most("m", asked({ messages: [LONG, LONG] }))).toBeGreaterThan(50_000);
  const changed = said("a".repeat(39_999));
  expect(known.most("m", asked({ messages: [LONG, changed] }))).toBeGreaterThan(49_000);
  // The same words in another field, such as a tool's description.
  expect(known.most("m", asked({ messages: [LONG], tools: [LONG] }))).toBeGreaterThan(50_000);
  known.learn("m", asked({ messages: [], tools: [LONG, LONG] }), 20_000);
  expect(known.most("m", asked({ messages: [], tools: [LONG, LONG] }))).toBeLessThan(22_000);
  expect(known.most("m", asked({ messages: [], tools: [LONG, LONG, LONG] }))).toBeGreaterThan(60_000);
  // A mark's name within the arguments of a tool is content.
  const call = (text: string) => ({
    role: "assistant",
    content: [{ type: "tool_use", input: { cache_control: text } }],
  });
  known.learn("m", asked({ messages: [call("")] }), 50);
  expect(known.most("m", asked({ messages: [call("b".repeat(9_000))] }))).toBeGreaterThan(9_000);
});

test("images cost their tokens again, and a document may fill the context", () => {
  const known = createKnownInputs();
  known.learn("m", asked({ messages: [LONG] }, { tokens: 8_192, bytes: 30_000 }), 5_000);
  expect(known.most("m", asked({ messages: [LONG] }, { tokens: 8_192, bytes: 30_000 }))).toBeGreaterThan(13_000);
  expect(known.most("m", asked({ messages: [LONG] }, { isOpen: true }))).toBe(null);
});
