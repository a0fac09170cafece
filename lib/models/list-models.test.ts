import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { addressFault, testAccess } from "./list-models";

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: { url: string; key: unknown }[] = [];
  const server = createServer((request, response) => {
    const { authorization, "x-api-key": key } = request.headers;
    asked.push({ url: request.url ?? "", key: key ?? authorization });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const json = (status: number, body: unknown) => (_: IncomingMessage, response: ServerResponse) =>
  void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

test("each provider's list is requested in its own form, and models are named as tasks name them", async () => {
  const { url, asked } = await serve(json(200, { data: [{ id: "one" }, { id: 2 }, null, { id: "two words" }] }));
  expect(await testAccess({ provider: "anthropic", key: "k1", baseUrl: url })).toEqual({
    ok: true,
    sentence: "Anthropic accepts the key: 1 model.",
    models: ["anthropic/one"],
  });
  await testAccess({ provider: "openai", key: "k2", baseUrl: `${url}/v1/` });
  expect(await testAccess({ provider: "ollama", baseUrl: url })).toMatchObject({
    sentence: "Ollama answers: 1 model.",
  });
  expect(asked).toEqual([
    { url: "/v1/models?limit=200", key: "k1" },
    { url: "/v1/models", key: "Bearer k2" },
    { url: "/v1/models?limit=200", key: undefined },
  ]);
});

test("a key follows no redirect, and no error message contains it", async () => {
  const other = await serve(json(200, { data: [{ id: "x" }] }));
  const { url } = await serve((_, response) => void response.writeHead(302, { location: other.url }).end());
  const found = await testAccess({ provider: "anthropic", key: "k", baseUrl: url });
  expect([found.ok, other.asked]).toEqual([false, []]);
  const echo = await serve(json(401, { error: { message: "no such key: sk-ant-secret-4711" } }));
  const refused = await testAccess({ provider: "anthropic", key: "sk-ant-secret-4711", baseUrl: echo.url });
  expect(refused.ok).toBe(false);
  expect(refused.sentence).not.toContain("4711");
});

test("an answer without a list says what to check, and shows nothing of an unrelated page", async () => {
  const { url } = await serve((_, response) => void response.end("<h1>A private page</h1>"));
  const { ok, sentence } = await testAccess({ provider: "openai", key: "k", baseUrl: url });
  expect([ok, sentence]).toEqual([
    false,
    `There is no list of models at ${url}/models (status 200): check the address; such addresses usually end in /v1.`,
  ]);
  const endless = await serve((_, response) => void response.end("x".repeat(2_100_000)));
  expect(await testAccess({ provider: "ollama", baseUrl: endless.url })).toMatchObject({ ok: false });
});

test("a server that accepts the request and says nothing is given up after 20 seconds", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const { url } = await serve(() => void vi.advanceTimersByTime(20_000));
  expect((await testAccess({ provider: "ollama", baseUrl: url })).sentence).toMatch(/^Ollama does not answer at /);
}, 10_000);

test("cloud metadata addresses are blocked, under any name", async () => {
  for (const baseUrl of ["http://169.254.169.254", "http://[fe80::1]", "http://0.0.0.0:1", "http://2852039166/"])
    expect([baseUrl, (await testAccess({ provider: "ollama", baseUrl })).sentence]).toEqual([
      baseUrl,
      expect.stringContaining("is blocked"),
    ]);
});

test("a name that resolves to a blocked address is refused, even if it also resolves to a public one", async () => {
  const both = [
    { address: "93.184.215.14", family: 4 },
    { address: "169.254.169.254", family: 4 },
  ];
  const found = await testAccess(
    { provider: "openai", key: "k", baseUrl: "https://models.example/v1" },
    async () => both,
  );
  expect(found).toMatchObject({ ok: false, sentence: expect.stringContaining("models.example is blocked") });
});

test("an invalid address and an address with extra parts get different messages", () => {
  expect(addressFault("https://models.example.org/v1")).toBeNull();
  for (const text of ["models.example.org", "ftp://x", "javascript:alert(1)", "file:///etc/passwd", ""])
    expect([text, addressFault(text)]).toEqual([text, expect.stringContaining("start with https://")]);
  expect(addressFault("https://ann:pw@models.example.org")).toContain("remove them");
  expect(addressFault("https://models.example.org/?key=1")).toContain("remove everything from");
});

test("Amazon Bedrock's two lists are asked for with a signature, and become one", async () => {
  const { url, asked } = await serve((request, response) => {
    const isProfiles = request.url?.startsWith("/inference-profiles");
    const body = isProfiles
      ? { inferenceProfileSummaries: [{ inferenceProfileId: "us.anthropic.claude-sonnet-5-5-v1:0" }] }
      : { modelSummaries: [{ modelId: "amazon.nova-pro-v1:0" }, { modelId: "amazon.titan-embed-text-v2:0" }] };
    json(200, body)(request, response);
  });
  const settings = { AWS_ACCESS_KEY_ID: "AKIATEST", AWS_SECRET_ACCESS_KEY: "s", AWS_REGION: "eu-west-1" };
  expect(await testAccess({ provider: "bedrock", baseUrl: url, settings })).toEqual({
    ok: true,
    sentence: "Amazon Bedrock answers: 3 models.",
    models: [
      "bedrock/us.anthropic.claude-sonnet-5-5-v1:0",
      "bedrock/amazon.nova-pro-v1:0",
      "bedrock/amazon.titan-embed-text-v2:0",
    ],
  });
  expect(asked.map((request) => request.url)).toEqual([
    "/inference-profiles?maxResults=1000",
    "/foundation-models?byInferenceType=ON_DEMAND&byOutputModality=TEXT",
  ]);
  for (const { key } of asked)
    expect(key).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIATEST\/\d{8}\/eu-west-1\/bedrock\//);
  const refused = await serve(
    json(403, { message: "User: ann is not authorized to perform: bedrock:ListInferenceProfiles" }),
  );
  expect((await testAccess({ provider: "bedrock", baseUrl: refused.url, settings })).sentence).toBe(
    "Amazon Bedrock refused the credentials: “User: ann is not authorized to perform: bedrock:ListInferenceProfiles”. Check them, and that they may list models.",
  );
});
