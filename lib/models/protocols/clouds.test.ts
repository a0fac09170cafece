/** Google and Amazon Bedrock: keys, errors and what is theirs alone. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { closeTrials, requestOf, serviceModels, trial } from "@/tests/agents/model-trial";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import type { Fault } from "@/tests/agents/services/script";
import { createModelPort } from "../model-port";
import { accessFrom, type ProviderSettings } from "../providers/table";

const started: ScriptedProvider[] = [];
afterEach(async () => {
  await closeTrials();
  await Promise.all(started.splice(0).map((provider) => provider.close()));
});

async function askedWith(settings: (url: string) => ProviderSettings, model: string) {
  const provider = await startScriptedProvider(() => ({ text: "ok" }));
  started.push(provider);
  const port = createModelPort(settings(provider.url));
  await port.respond(requestOf(model), { signal: new AbortController().signal, onDraft: () => {} });
  return provider.requests[0]!;
}

describe("Google", () => {
  test.each([
    [
      "GOOGLE_GENERATIVE_AI_API_KEY",
      { GOOGLE_GENERATIVE_AI_API_KEY: "AIza-own", GEMINI_API_KEY: "AIza-other" },
      "AIza-own",
    ],
    ["GEMINI_API_KEY", { GEMINI_API_KEY: "AIza-other" }, "AIza-other"],
  ])("takes its key from %s", async (_, env, key) => {
    const settings = (url: string) => accessFrom({ ...env, GOOGLE_GEMINI_BASE_URL: `${url}/v1beta/` });
    const { headers, body } = await askedWith(settings, serviceModels.google);
    expect(headers["x-goog-api-key"]).toBe(key);
    expect(body).toMatchObject({ generationConfig: { thinkingConfig: { includeThoughts: true } } });
  });
});

describe("Amazon Bedrock", () => {
  const model = serviceModels.bedrock;

  test("takes a bearer token as its key", async () => {
    const settings = (url: string) =>
      accessFrom({ AWS_BEARER_TOKEN_BEDROCK: "token", AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url });
    expect((await askedWith(settings, model)).headers.authorization).toBe("Bearer token");
  });

  test("signs with AWS's usual credentials, for the region of the environment", async () => {
    const env = {
      AWS_ACCESS_KEY_ID: "AKIATEST",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "session",
      AWS_DEFAULT_REGION: "eu-west-1",
    };
    const settings = (url: string) => accessFrom({ ...env, AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url });
    const { headers } = await askedWith(settings, model);
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIATEST\/\d{8}\/eu-west-1\/bedrock\/aws4_request/,
    );
    expect(headers["x-amz-security-token"]).toBe("session");
  });

  test("looks for credentials again when AWS refuses those that it keeps, and sends the request with fresh ones", async () => {
    const refusal: Fault = {
      type: "status",
      status: 403,
      message: "The security token included in the request is expired",
    };
    const provider = await startScriptedProvider(({ headers }) =>
      /Credential=ASIA2/.test(String(headers.authorization)) ? { text: "ok" } : { fault: refusal },
    );
    started.push(provider);
    let given = 0;
    let most = 2;
    const server = createServer((_, response) => {
      given = Math.min(most, given + 1);
      const Expiration = new Date(Date.now() + 3_600_000).toISOString();
      response.end(
        JSON.stringify({ AccessKeyId: `ASIA${given}`, SecretAccessKey: `s${given}`, Token: "t", Expiration }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/creds`;
    const files = { AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" };
    const settings = { ...files, AWS_CONTAINER_CREDENTIALS_FULL_URI: url };
    const ask = () =>
      createModelPort({ bedrock: { settings, baseUrl: provider.url } })
        .respond(requestOf(model), { signal: new AbortController().signal, onDraft: () => {} })
        .catch((error: unknown) => error);
    expect(await ask()).toMatchObject({ parts: [{ type: "text", text: "ok" }] });
    expect(provider.requests).toHaveLength(2);
    // Where nothing fresher is given, the refusal is told.
    [given, most] = [0, 1];
    expect(await ask()).toMatchObject({ kind: "no_key", message: expect.stringContaining("is expired") });
    expect(provider.requests).toHaveLength(3);
  });

  test("marks the ends of turns for the cache, for models that take marks", async () => {
    const settings = (url: string) => ({ bedrock: { key: "token", baseUrl: url } });
    const marked = await askedWith(settings, model);
    expect(marked.body).toMatchObject({ system: [{}, { cachePoint: { type: "default" } }] });
    const plain = await askedWith(settings, "bedrock/meta.llama3-3-70b-instruct-v1:0");
    expect(plain.rawBody).not.toContain("cachePoint");
  });

  test("says which credentials are missing, and what is wrong with a profile", async () => {
    const options = { signal: new AbortController().signal, onDraft: () => {} };
    const files = { AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" };
    const failureOf = (settings: Record<string, string>) =>
      createModelPort({ bedrock: { settings: { ...files, AWS_EC2_METADATA_DISABLED: "true", ...settings } } })
        .respond(requestOf(model), options)
        .catch((error: unknown) => error);
    expect(await failureOf({})).toMatchObject({
      kind: "no_key",
      message: expect.stringContaining("set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
    });
    expect(await failureOf({ AWS_PROFILE: "dev" })).toMatchObject({
      kind: "no_key",
      message: expect.stringContaining("There is no AWS profile dev"),
    });
  });
});

describe.each(["google", "bedrock"] as const)("%s", (name) => {
  const request = requestOf(serviceModels[name]);

  test.each([
    ["rate_limit", { type: "rate_limit" } as const, "retry"],
    ["overloaded", { type: "overloaded" } as const, "retry"],
    ["unauthorized", { type: "unauthorized" } as const, "no_key"],
    ["too_long", { type: "too_long" } as const, "too_long"],
    ["refusal", { type: "refusal" } as const, "refused"],
    ["error_event", { type: "error_event" } as const, "retry"],
    ["no_finish", { type: "no_finish" } as const, "retry"],
    ["cut", { type: "cut", afterEvents: 2 } as const, "retry"],
  ])("sorts %s by what helps", async (_, fault, kind) => {
    const { failure, provider } = await trial(() => ({ text: "Some words.", fault }));
    expect(await failure(request)).toMatchObject({ name: "ModelError", kind });
    expect(provider.requests).toHaveLength(1);
  });

  test("an unknown model is named", async () => {
    const { failure } = await trial(() => ({ fault: { type: "unknown_model" } }));
    const error = await failure(request);
    expect(error.kind).toBe("unknown_model");
    expect(error.message).toContain(`does not know ${request.model}`);
  });
});

describe("Google's words of a used-up quota", () => {
  const request = requestOf(serviceModels.google);

  test("of a limit of a minute are a rate limit, with the wait that the body names", async () => {
    const { failure } = await trial(() => ({ fault: { type: "rate_limit" } }));
    expect(await failure(request)).toMatchObject({ kind: "retry", details: { retryAfterMs: 26_000 } });
  });

  test("of a limit of a day are a quota, whose return is unknown", async () => {
    const { failure } = await trial(() => ({ fault: { type: "quota" } }));
    const { kind, details } = await failure(request);
    expect([kind, details.retryAfterMs]).toEqual(["quota", undefined]);
  });

  test("of a model that the plan lacks are a quota", async () => {
    const message =
      "You exceeded your current quota, please check your plan and billing details.\n* Quota exceeded for metric: free_tier_requests, limit: 0, model: gemini-3-pro\nPlease retry in 20.04466179s.";
    const { failure } = await trial(() => ({ fault: { type: "status", status: 429, message } }));
    expect((await failure(request)).kind).toBe("quota");
  });
});
