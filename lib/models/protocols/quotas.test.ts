import { expect, test } from "vitest";
import { quotasIn } from "./quotas";

const NOW = Date.parse("2026-01-01T12:00:00Z");
const read = (headers: Record<string, string>) => quotasIn(new Headers(headers), NOW);

test("reads Anthropic's and OpenAI's rate limits, with the time at which they are full again", () => {
  expect(
    read({
      "anthropic-ratelimit-requests-limit": "50",
      "anthropic-ratelimit-requests-remaining": "49",
      "anthropic-ratelimit-requests-reset": "2026-01-01T12:00:05Z",
      "anthropic-ratelimit-input-tokens-limit": "40000",
      "anthropic-ratelimit-input-tokens-remaining": "0",
      "x-ratelimit-limit-tokens": "100",
      "x-ratelimit-remaining-tokens": "25",
      "x-ratelimit-reset-tokens": "6m0.5s",
    }),
  ).toEqual([
    { of: "requests", limit: 50, remaining: 49, resetAtMs: NOW + 5_000 },
    { of: "input tokens", limit: 40_000, remaining: 0, resetAtMs: null },
    { of: "tokens", limit: 100, remaining: 25, resetAtMs: NOW + 360_500 },
  ]);
});

test.each([
  ["none", {}],
  ["half of them", { "x-ratelimit-limit-requests": "10" }],
  ["words", { "x-ratelimit-limit-requests": "many", "x-ratelimit-remaining-requests": "-1" }],
  ["a limit of 0", { "x-ratelimit-limit-requests": "0", "x-ratelimit-remaining-requests": "0" }],
])("leaves out headers that tell nothing: %s", (_what, headers) => {
  expect(read(headers)).toEqual([]);
});

test("an unreadable time is unknown", () => {
  const of = (reset: string) =>
    read({
      "x-ratelimit-limit-requests": "10",
      "x-ratelimit-remaining-requests": "1",
      "x-ratelimit-reset-requests": reset,
    })[0]?.resetAtMs;
  expect(of("soon")).toBeNull();
  expect(of("120ms")).toBe(NOW + 120);
});
