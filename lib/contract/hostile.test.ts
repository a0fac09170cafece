/** Documents and services that attack whoever checks them. */
import { afterEach, describe, expect, test } from "vitest";
import { compareContracts } from "@/core/contract/compare";
import type { ProbeReport } from "@/core/contract/findings";
import { type HttpFixture, startHttp } from "@/lib/mcp/testing/http-server";
import { startMock } from "./mock";
import { probe } from "./probe/probe";
import { readContract } from "./read";

type Handler = Parameters<typeof startHttp>[0];
type Json = Record<string, unknown>;

let services: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const service of services) await service.stop();
  services = [];
});

async function started(handle: Handler): Promise<HttpFixture> {
  const service = await startHttp(handle);
  services.push(service);
  return service;
}

function documentOf(schema: unknown, schemas: Json = {}, path = "/a"): string {
  const content = { "application/json": { schema } };
  return JSON.stringify({
    openapi: "3.1.0",
    info: { title: "A", version: "1" },
    paths: {
      [path]: {
        post: {
          requestBody: { required: true, content },
          responses: { 200: { description: "ok", content }, 422: { description: "no" } },
        },
      },
    },
    components: { schemas },
  });
}

async function probed(document: string, url: string, requests = 20): Promise<ProbeReport> {
  return probe(await readContract(document), {
    url,
    requests,
    seed: 1,
    headers: {},
    milliseconds: 20_000,
    answerMs: 300,
  });
}

const ok: Handler = (_request, _body, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  return response.end("{}");
};

describe("V3: a document", () => {
  test.each(["file:///etc/passwd", "http://169.254.169.254/x#/a", "other.yaml#/a", "#/nowhere"])(
    "that refers to %s is refused, and nothing is fetched",
    async ($ref) => {
      await expect(readContract(documentOf({ $ref }))).rejects.toMatchObject({ name: "ApiDocumentError" });
    },
  );

  test("whose schemas contain themselves is compared, drawn from, and answered", async () => {
    const Tree = {
      type: "object",
      required: ["child"],
      properties: { child: { anyOf: [{ $ref: "#/components/schemas/Tree" }, { type: "null" }] } },
    };
    const Loop = { allOf: [{ $ref: "#/components/schemas/Loop" }, { $ref: "#/components/schemas/Loop" }] };
    const text = documentOf({ $ref: "#/components/schemas/Tree" }, { Tree, Loop });
    const contract = await readContract(text);
    expect(compareContracts(contract, contract)).toEqual([]);
    const mock = await startMock(contract, { port: 0 });
    services.push(mock);
    const { findings, operations } = await probed(text, mock.url);
    expect([findings, operations.map(({ accepted }) => accepted)]).toEqual([[], [true]]);
    const looped = await readContract(documentOf({ $ref: "#/components/schemas/Loop" }, { Loop }));
    expect(compareContracts(looped, contract).map(({ code }) => code)).toContain("request-type-narrowed");
  });

  test("whose allOf doubles at each step ends", async () => {
    const names = Array.from({ length: 40 }, (_, index) => `S${index}`);
    const schemas = names.map((name, index): [string, Json] => {
      const next = { $ref: `#/components/schemas/S${index + 1}` };
      return [name, { allOf: [next, next] }];
    });
    const contract = await readContract(
      documentOf({ $ref: "#/components/schemas/S0" }, { ...Object.fromEntries(schemas), S40: { type: "string" } }),
    );
    expect(compareContracts(contract, contract)).toEqual([]);
  });

  test.each([
    ["never ends on the wrong text", "^(a|a)*$", ["schema-not-checkable"]],
    [
      "asks for a text without end",
      "^((a{1000}){1000}){1000}$",
      ["invalid-accepted", "invalid-accepted", "cut-short", "not-generated"],
    ],
    ["is no pattern", "(", ["not-generated"]],
  ])("with a pattern that %s ends in time", async (_, pattern, expected) => {
    const service = await started((_request, _body, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      return response.end(JSON.stringify(`${"a".repeat(40)}!`));
    });
    const { findings, notes } = await probed(documentOf({ type: "string", pattern }), service.origin, 4);
    expect([...findings, ...notes].map(({ code }) => code)).toEqual(expected);
  });

  test("that is too large or no document at all is refused", async () => {
    await expect(readContract("a".repeat(5_000_000))).rejects.toThrow(/the limit is 4000000/);
    await expect(readContract("[]")).rejects.toMatchObject({ name: "ApiDocumentError" });
    await expect(readContract(documentOf({}, {}, "/a/{id}"))).rejects.toThrow(/which no parameter describes/);
  });

  test("with names that objects have by themselves changes nothing but itself", async () => {
    const fields = JSON.parse(
      '{"__proto__": {"type": "string"}, "constructor": {"type": "string"}, "toString": {"type": "string"}}',
    ) as Json;
    const text = documentOf({ type: "object", required: Object.keys(fields), properties: fields });
    const contract = await readContract(text);
    expect(compareContracts(contract, contract)).toEqual([]);
    const mock = await startMock(contract, { port: 0 });
    services.push(mock);
    expect((await probed(text, mock.url)).findings).toEqual([]);
    expect(({} as { type?: string }).type).toBeUndefined();
  });
});

describe("V3: a service", () => {
  const TEXT = documentOf({ type: "object" });

  test.each<[string, Handler, string]>([
    [
      "a body without end",
      (_request, _body, response) => {
        response.writeHead(200, { "content-type": "application/json" });
        const write = () => {
          while (!response.destroyed)
            if (!response.write("x".repeat(100_000))) return void response.once("drain", write);
        };
        return write();
      },
      "answer-too-large",
    ],
    ["silence", () => undefined, "answer-too-slow"],
    [
      "a body that is shorter than it says",
      (_request, _body, response) =>
        response.socket?.end("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{}"),
      "answer-malformed",
    ],
    ["no HTTP", (_request, _body, response) => response.socket?.end("hello\r\n\r\n"), "answer-malformed"],
    [
      "headers without end",
      (_request, _body, response) => response.socket?.end(`HTTP/1.1 200 OK\r\nx: ${"a".repeat(100_000)}\r\n\r\n`),
      "answer-malformed",
    ],
    [
      "a closed connection",
      (request, _body, response) => (request.method === "GET" ? response.end() : response.socket?.destroy()),
      "connection-failed",
    ],
    [
      "JSON that is too deep",
      (_request, _body, response) =>
        response.writeHead(200, { "content-type": "application/json" }).end("[".repeat(100_000)),
      "body-malformed",
    ],
  ])("that answers with %s is a finding", async (_, handle, expected) => {
    const service = await started((request, body, response) =>
      request.method === "GET" ? response.end() : handle(request, body, response),
    );
    const { findings } = await probed(TEXT, service.origin, 3);
    expect(findings.map(({ code }) => code)).toContain(expected);
  });

  test("that redirects is not followed", async () => {
    const asked: string[] = [];
    const elsewhere = await started((request, _body, response) => {
      asked.push(request.url ?? "");
      return response.end();
    });
    const service = await started((_request, _body, response) =>
      response.writeHead(302, { location: `${elsewhere.origin}/x` }).end(),
    );
    const { findings } = await probed(TEXT, service.origin);
    expect([findings[0]?.code, asked]).toEqual(["status-undocumented", []]);
  });

  test("that stops answering is not asked again and again", async () => {
    let asked = 0;
    const service = await started((request, _body, response) => {
      asked += 1;
      return request.method === "GET" ? response.end() : response.socket?.destroy();
    });
    const { notes } = await probed(TEXT, service.origin, 1_000);
    expect(notes.map(({ code }) => code)).toContain("cut-short");
    expect(asked).toBeLessThan(10);
  });

  test("that is not there is no finding but a sentence", async () => {
    const service = await startHttp(ok);
    await service.stop();
    await expect(probed(TEXT, service.origin)).rejects.toThrow(/^Nothing answers at http:\/\/127/);
  });
});
