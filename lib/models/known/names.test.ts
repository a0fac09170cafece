import { expect, test } from "vitest";
import { baseName, byVersion, isIn, isSameFamily, nearestName } from "./names";
import { goneSentence, nearestModel, nearestOfAll } from "./replacement";
import { CHECKED_AT, rowOf, tableNames } from "./table";

test("A snapshot has its model's base name; names with other endings are other models", () => {
  expect(
    ["claude-opus-4-5-20251101", "gpt-4o-2024-08-06", "qwen3:latest", "claude-opus-4-0", "gpt-5-mini"].map(baseName),
  ).toEqual(["claude-opus-4-5", "gpt-4o", "qwen3", "claude-opus-4", "gpt-5-mini"]);
});

test("A list holds a model by its name, by a snapshot of it, and by a pattern", () => {
  const listed = ["anthropic/claude-sonnet-4-5-20250929", "anthropic/claude-opus-4-20250514"];
  expect(isIn(listed, "anthropic/claude-sonnet-4-5")).toBe(true);
  expect(isIn(listed, "anthropic/claude-opus-4-0")).toBe(true);
  expect(isIn(["openai/*"], "openai/anything")).toBe(true);
  expect(isIn(["ollama/qwen3:latest"], "ollama/qwen3")).toBe(true);
  expect(isIn(["openai/gpt-4o", "openai/gpt-4o-2024-11-20"], "openai/gpt-4o-2024-05-13")).toBe(false);
  expect(isIn(listed, "anthropic/claude-sonnet-4-6")).toBe(false);
});

test("A family is a name without its version, and versions compare as numbers", () => {
  expect(isSameFamily("anthropic/claude-3-5-haiku", "anthropic/claude-haiku-4-5-20251001")).toBe(true);
  expect(isSameFamily("openai/gpt-5.4", "openai/gpt-5.4-mini")).toBe(false);
  expect(isSameFamily("openai/gpt-4o", "openai/gpt-4")).toBe(false);
  expect(isSameFamily("ollama/qwen3-coder:30b", "ollama/qwen2.5-coder:30b")).toBe(true);
  expect(isSameFamily("ollama/qwen3-coder:30b", "ollama/qwen3-coder:480b")).toBe(false);
  expect(["openai/gpt-5.10", "openai/gpt-5", "openai/gpt-5.9"].toSorted(byVersion)).toEqual([
    "openai/gpt-5",
    "openai/gpt-5.9",
    "openai/gpt-5.10",
  ]);
});

test("The nearest is the next newer version of the family, else the newest, else the name spelled most alike", () => {
  const gpt = ["openai/gpt-5.2", "openai/gpt-5.4", "openai/gpt-5.4-mini", "openai/gpt-5.5", "openai/o3"];
  expect(nearestName("openai/gpt-5.3", gpt)).toBe("openai/gpt-5.4");
  expect(nearestName("openai/gpt-7", gpt)).toBe("openai/gpt-5.5");
  expect(nearestName("openai/gpt-5-mini", gpt)).toBe("openai/gpt-5.4-mini");
  expect(nearestName("anthropic/claude-sonett-5-5", ["anthropic/claude-sonnet-5-5"])).toBe(
    "anthropic/claude-sonnet-5-5",
  );
  expect(nearestName("ollama/llama3.3:70b", ["ollama/qwen3:8b"])).toBeNull();
  expect(nearestName("openai/gpt-5.4", ["anthropic/gpt-5.5"])).toBeNull();
  expect(nearestName("openai/gpt-5.4", [])).toBeNull();
});

test("A retired model is replaced by what its provider recommends, if that is there", () => {
  expect(nearestModel("anthropic/claude-sonnet-4-5")).toBe("anthropic/claude-sonnet-5-5");
  expect(nearestModel("anthropic/claude-sonnet-4-5-20250929")).toBe("anthropic/claude-sonnet-5-5");
  expect(
    nearestModel("anthropic/claude-sonnet-4-5", ["anthropic/claude-sonnet-4-6", "anthropic/claude-opus-5-5"]),
  ).toBe("anthropic/claude-sonnet-4-6");
  expect(nearestModel("openai/o3")).toBe("openai/gpt-5.6-sol");
  expect(nearestModel("google/gemini-2.5-pro")).toBe("google/gemini-3.8-flash");
  expect(goneSentence("anthropic/claude-sonnet-4-5", "anthropic/claude-sonnet-5-5")).toBe(
    "anthropic/claude-sonnet-4-5 no longer exists. Switch to anthropic/claude-sonnet-5-5.",
  );
  expect(goneSentence("openai/gpt-9", null)).toBe("openai/gpt-9 does not exist. Choose another model.");
});

test("A name without its provider, or with a wrong one, is taken for a model of the table", () => {
  expect(nearestOfAll("claude-sonnet-5-5")).toBe("anthropic/claude-sonnet-5-5");
  expect(nearestOfAll("claude/claude-sonnet-5-4")).toBe("anthropic/claude-sonnet-5-5");
  expect(nearestOfAll("gpt-5.3")).toMatch(/^openai\/gpt-5\./);
  expect(nearestOfAll("zzz")).toBeNull();
});

test("Every row of the table has limits and prices, or a date on which the model was gone when it was checked", () => {
  expect(CHECKED_AT).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  for (const name of tableNames()) {
    const row = rowOf(name);
    const isKept = row?.limits && row.prices && row.limits.maxOutputTokens <= row.limits.contextTokens;
    expect([name, Boolean(isKept) || row?.retiresAt != null]).toEqual([name, true]);
    if (row?.retiresAt) expect([name, row.retiresAt]).toEqual([name, expect.stringMatching(/^20\d\d-\d\d-\d\d$/)]);
    if (row?.replacedBy) expect([name, rowOf(row.replacedBy)?.prices != null]).toEqual([name, true]);
  }
});

test("Claude on Amazon Bedrock has the limits of the model; a fixed region costs a tenth more, with other dates", () => {
  const model = "claude-sonnet-4-5-20250929";
  const row = rowOf(`anthropic/${model}`);
  expect(rowOf(`bedrock/global.anthropic.${model}-v1:0`)).toEqual({ ...row, retiresAt: null, replacedBy: null });
  expect(rowOf(`bedrock/us.anthropic.${model}-v1:0`)?.prices).toMatchObject({ input: 3_300_000, cacheRead: 330_000 });
  expect(rowOf("bedrock/anthropic.claude-opus-5-5")?.limits).toEqual({
    contextTokens: 1_000_000,
    maxOutputTokens: 128_000,
    reads: ["image", "pdf"],
  });
  expect(rowOf("bedrock/meta.llama3-3-70b-instruct-v1:0")).toBeNull();
});
