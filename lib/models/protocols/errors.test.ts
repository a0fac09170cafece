import { APICallError } from "@ai-sdk/provider";
import { expect, test } from "vitest";
import { PROVIDERS } from "../providers/table";
import { modelErrorOf } from "./errors";

test("A model that its provider no longer has is said with its replacement; another server may have other models", () => {
  const messageFor = (model: string, baseUrl = PROVIDERS.anthropic.address) => {
    const body = JSON.stringify({ error: { type: "not_found_error", message: `model: ${model}` } });
    const error = new APICallError({
      ...{ message: "Not Found", url: baseUrl, requestBodyValues: {} },
      ...{ statusCode: 404, responseBody: body },
    });
    const site = { ...PROVIDERS.anthropic, baseUrl, model, secrets: [] };
    return modelErrorOf(error, site, false, 0).message;
  };
  expect(messageFor("anthropic/claude-sonnet-4-5")).toMatch(
    /claude-sonnet-4-5 no longer exists\. Switch to anthropic\/claude-sonnet-5-5\.$/,
  );
  expect(messageFor("anthropic/claude-sonnet-5-4")).toMatch(/Use anthropic\/claude-sonnet-5-5\.$/);
  for (const message of [
    messageFor("anthropic/claude-sonnet-5-5"),
    messageFor("anthropic/claude-sonnet-4-5", "https://gateway.example.org"),
  ])
    expect(message).toMatch(/Choose a model that exists, and check ANTHROPIC_BASE_URL/);
});
