import { expect, test } from "vitest";
import type { ModelReply } from "@/core/log/model";
import { createRedactor } from "@/lib/secrets/redact";
import { cleanReply } from "./clean-reply";

const KEY = "sk-planted-0123456789abcdef";
const redactor = createRedactor({ values: () => [{ name: "planted", value: KEY }] });
const usage = { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1 };

test("text and arguments lose the secret, reasoning that held it is left out whole, and everything else stays", () => {
  const reply: ModelReply = {
    parts: [
      { type: "reasoning", text: `I know ${KEY}`, provider: { test: { signature: "s" } } },
      { type: "reasoning", text: "I know nothing", provider: { test: { signature: "t" } } },
      { type: "text", text: `The key is ${KEY}.` },
      { type: "call", id: "a" },
    ],
    calls: [{ id: "a", name: "write_file", input: { path: "k", content: Buffer.from(KEY).toString("base64") } }],
    stopReason: "tool_calls",
    usage,
  };
  const cleaned = cleanReply(redactor, reply);
  expect(cleaned.parts).toEqual([
    { type: "reasoning", text: "I know nothing", provider: { test: { signature: "t" } } },
    { type: "text", text: "The key is [redacted: planted]." },
    { type: "call", id: "a" },
  ]);
  expect(JSON.stringify(cleaned.calls)).toBe(
    '[{"id":"a","name":"write_file","input":{"path":"k","content":"[redacted: planted]"}}]',
  );
  expect(cleaned.usage).toBe(usage);
});
