/** Numbers of requirements, measured at a real server with autocannon. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { checksHold } from "@/core/shapes/environments/environments";
import type { Measure } from "@/core/specification/specification";
import { checkLines } from "@/core/words/environments/environments";
import { checked } from "./checks";

const schema = { type: "object", required: ["guest"], properties: { guest: { type: "string", maxLength: 20 } } };
const content = { "application/json": { schema } };
const DOCUMENT = JSON.stringify({
  openapi: "3.1.0",
  info: { title: "Bookings", version: "1" },
  components: { securitySchemes: { key: { type: "apiKey", in: "header", name: "X-Key" } } },
  security: [{ key: [] }],
  paths: {
    "/bookings": {
      get: {
        responses: { "200": { description: "All", content: { "application/json": { schema: { type: "array" } } } } },
      },
      post: { requestBody: { required: true, content }, responses: { "201": { description: "Made", content } } },
    },
    "/bookings/{id}": {
      parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
      get: { responses: { "200": { description: "One", content }, "404": { description: "None" } } },
    },
  },
});

/** A service that asks for the key, and counts bodies that it got. */
async function service({ isSick = false } = {}) {
  const bodies = new Set<string>();
  const server = createServer((request: IncomingMessage, response) => {
    request.toArray().then((parts) => {
      const text = Buffer.concat(parts).toString();
      const isKnown = request.headers["x-key"] === "the-key";
      if (request.method === "POST" && isKnown) bodies.add(text);
      response.statusCode = isKnown && !isSick ? (request.method === "POST" ? 201 : 200) : 401;
      response.setHeader("content-type", "application/json");
      response.end(request.method === "POST" && isKnown ? text : "[]");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

const latency: Measure = { what: "latency_p95", operation: "POST /bookings", is: "at_most", number: 10, unit: "s" };
const check = (url: string, measures: Measure[]) =>
  checked({
    url,
    document: DOCUMENT,
    key: "the-key",
    numbers: measures.map((measure, at) => ({ requirement: `N${at + 1}`, measure })),
    wanted: { requests: 1, load: { path: "/bookings", connections: 1, seconds: 1, p95_ms: null } },
  });

test("times, errors and throughput are measured with requests that the document allows, and compared with their numbers", async () => {
  const { url, bodies } = await service();
  const result = await check(url, [
    { ...latency, at: "20 requests/s" },
    { ...latency, what: "latency_p50", number: 0, unit: "ms" },
    { what: "error_rate", is: "at_most", number: 1, unit: "%" },
    { what: "throughput", operation: "GET /bookings", is: "at_least", number: 1, unit: "requests/s" },
  ]);
  expect(result.numbers.map(({ requirement, holds, why }) => [requirement, holds, why])).toEqual([
    ["N1", true, null],
    ["N2", false, null],
    ["N3", true, null],
    ["N4", true, null],
  ]);
  expect(result.numbers[2]?.measured).toBe(0);
  expect(bodies.size).toBeGreaterThan(5);
  expect(checkLines(result)).toContainEqual(
    expect.stringMatching(/^N2: latency_p50 of POST \/bookings at most 0 ms: [\d.]+ ms, which does not hold\.$/),
  );
  expect(checksHold({ ...result, contract: null })).toBe(false);
});

test("what cannot be measured says why, and holds nobody to it", async () => {
  const { url } = await service({ isSick: true });
  const result = await check(url, [
    latency,
    { what: "availability", is: "at_least", number: 99.5, unit: "%" },
    { ...latency, operation: "GET /bookings/{id}" },
    { ...latency, operation: "GET /nothing" },
    { ...latency, operation: "GET /bookings", at: "a busy day" },
  ]);
  expect(result.numbers.map(({ measured, holds }) => [measured, holds])).toEqual(Array(5).fill([null, null]));
  expect(result.numbers.map(({ why }) => why)).toEqual([
    expect.stringMatching(/^(\d+) of \1 answers were no success, so their times do not show it\.$/),
    "A check of the service does not show it: watch it where the service runs.",
    "GET /bookings/{id} needs an item, which a new service does not have.",
    "The document has no GET /nothing.",
    "Its load, a busy day, is not written like 50 requests/s.",
  ]);
  expect(checkLines(result)).toContainEqual(
    expect.stringMatching(/^Not measured: N1: latency_p95 of POST \/bookings at most 10 s\. \d+ of/),
  );
});
