/** What a provider refused to one account says nothing of another. */
import { expect, test } from "vitest";
import type { ModelPort } from "@/core/log/model";
import type { ProviderSettings } from "@/lib/models/providers/table";
import { createProviderParks } from "./parks";
import { createProviderSigns } from "./signs";

const MODEL = "anthropic/claude-sonnet-5-5";

test("A park holds for the key and the address with which it was found, and returns with them", () => {
  let settings: ProviderSettings = { anthropic: { key: "first" } };
  const parks = createProviderParks(() => settings);
  parks.close(MODEL, 1_000, "The quota is used up.", 0);
  const isParked = () => parks.of(MODEL, 500) !== null;
  expect(isParked()).toBe(true);
  settings = { anthropic: { key: "second" } };
  expect(isParked()).toBe(false);
  settings = { anthropic: { key: "first", baseUrl: "https://gateway.example.org" } };
  expect(isParked()).toBe(false);
  settings = { anthropic: { key: "first" }, openai: { key: "another provider's" } };
  expect(isParked()).toBe(true);
  expect(JSON.stringify(parks.of(MODEL, 500))).not.toContain("first");
});

test("A used-up quota that was told to another key is not this one's, also when its answer comes late", async () => {
  let settings: ProviderSettings = { anthropic: { key: "first" } };
  const signs = createProviderSigns(
    () => 0,
    () => settings,
  );
  const models: ModelPort = {
    async respond(_request, { onQuotas }) {
      settings = { anthropic: { key: "second" } };
      onQuotas?.([{ of: "requests", limit: 50, remaining: 0, resetAtMs: 1_000 }]);
      throw new Error("The answer itself is of no interest.");
    },
  };
  const request = { model: MODEL, system: "", tools: [], messages: [], maxOutputTokens: 1 };
  const options = { signal: new AbortController().signal, onDraft: () => {} };
  await signs
    .watching(models)
    .respond(request, options)
    .catch(() => {});
  expect(signs.quotas()).toEqual([]);
  settings = { anthropic: { key: "first" } };
  expect(signs.quotas()).toMatchObject([{ provider: "anthropic", usedPercent: 100 }]);
});
