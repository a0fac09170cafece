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

test("An error inside a stream waits as long as it names, and a limit of a minute is no used-up quota there either", () => {
  const site = { ...PROVIDERS.openai, baseUrl: PROVIDERS.openai.address, model: "openai/gpt-5", secrets: [] };
  const errorFor = (code: string, message: string) => {
    const { kind, details } = modelErrorOf({ type: "error", code, message }, site, true, 0);
    return [kind, details.retryAfterMs];
  };
  const exceeded = "You exceeded your current quota, please check your plan and billing details.";
  expect(errorFor("rate_limit_exceeded", "Rate limit reached on RPM. Please try again in 820ms.")).toEqual([
    "retry",
    820,
  ]);
  expect(errorFor("429", `${exceeded} Please retry in 26.5s.`)).toEqual(["retry", 26_500]);
  expect(errorFor("insufficient_quota", exceeded)).toEqual(["quota", undefined]);
});

test("Input and output that are too long together are said inside a stream, too", () => {
  const site = { ...PROVIDERS.openai, baseUrl: PROVIDERS.openai.address, model: "openai/router", secrets: [] };
  const detailsFor = (inside: string) => {
    const message = `This endpoint's maximum context length is 9000 tokens. However, you requested 9500 tokens (${inside}).`;
    return modelErrorOf({ code: 400, message }, site, false, 0);
  };
  const both = detailsFor("5000 of text input, 500 of tool input, 4000 in the output");
  expect([both.kind, both.details.outputToo]).toEqual(["too_long", true]);
  expect(detailsFor("9500 of text input").details.outputToo).toBeUndefined();
});
