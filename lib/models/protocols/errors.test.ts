import { APICallError } from "@ai-sdk/provider";
import { expect, test } from "vitest";
import { PROVIDERS } from "../providers/table";
import { modelErrorOf } from "./errors";

test("A model that its provider does not know is said with what to do, and with the fact alone for a better advice", () => {
  const errorFor = (model: string, baseUrl = PROVIDERS.anthropic.address) => {
    const body = JSON.stringify({ error: { type: "not_found_error", message: `model: ${model}` } });
    const error = new APICallError({
      message: "Not Found",
      url: baseUrl,
      requestBodyValues: {},
      statusCode: 404,
      responseBody: body,
    });
    const site = { ...PROVIDERS.anthropic, baseUrl, model, secrets: [] };
    return modelErrorOf(error, site, false, 0);
  };
  const { kind, message, details } = errorFor("anthropic/claude-sonnet-4-5");
  const fact = "Anthropic does not know anthropic/claude-sonnet-4-5 (status 404): model: anthropic/claude-sonnet-4-5.";
  expect([kind, details.fact]).toEqual(["unknown_model", fact]);
  expect(message).toBe(`${fact} Choose a model that exists, and check ANTHROPIC_BASE_URL when it is set.`);
});
