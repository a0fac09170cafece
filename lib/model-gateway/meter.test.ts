import { expect, test } from "vitest";
import { chat } from "./forms/chat";
import { messages } from "./forms/messages";
import { meterOf } from "./meter";

function usageOf(form: typeof chat, events: object[]) {
  const meter = meterOf(form, true);
  meter.push(Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")));
  meter.end();
  return meter.usage();
}

test("a zero at the end does not replace a count", () => {
  const start = { type: "message_start", message: { usage: { input_tokens: 50_000, output_tokens: 1 } } };
  const end = {
    type: "message_delta",
    delta: { stop_reason: "end_turn" },
    usage: { input_tokens: 0, output_tokens: 50 },
  };
  expect(usageOf(messages, [start, end])).toMatchObject({ inputTokens: 50_000, outputTokens: 50 });
});

test("the whole input first and its parts later are the same tokens", () => {
  const start = { type: "message_start", message: { usage: { input_tokens: 20_000, output_tokens: 1 } } };
  const usage = { input_tokens: 500, cache_read_input_tokens: 19_500, output_tokens: 50 };
  const end = { type: "message_delta", delta: { stop_reason: "end_turn" }, usage };
  expect(usageOf(messages, [start, end])).toMatchObject({ inputTokens: 20_000, cacheReadTokens: 19_500 });
});

test("tokens of the cache beside the input are input, and no output", () => {
  const prompt_tokens_details = { cached_tokens: 13_000 };
  const usage = { prompt_tokens: 500, completion_tokens: 40, total_tokens: 13_540, prompt_tokens_details };
  expect(usageOf(chat, [{ choices: [], usage }])).toMatchObject({ inputTokens: 13_500, outputTokens: 40 });
});
