/** Numbers of requirements, measured at a real server with autocannon. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { checksHold } from "@/core/shapes/environments/environments";
import type { Measure } from "@/core/specification/specification";
import { checkLines } from "@/core/words/environments/environments";
import { mostMs } from "./check-limits";
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

/** What becomes of a request. `closed`: its answer says that the connection ends; `cut`: it ends without an answer. */
type Fate = "answered" | "failed" | "closed" | "hung" | "cut";

/** A service that asks for the key, and counts requests and the bodies that it got. */
async function service({ isSick = false, waitMs = 0, fate = (_count: number): Fate => "answered" } = {}) {
  const bodies = new Set<string>();
  let count = 0;
  const server = createServer((request: IncomingMessage, response) => {
    request.toArray().then(async (parts) => {
      count += 1;
      const now = fate(count);
      if (now === "hung") return;
      if (now === "cut") return void request.socket.destroy();
      if (now === "closed") response.setHeader("connection", "close");
      if (waitMs > 0) await setTimeout(waitMs);
      const text = Buffer.concat(parts).toString();
      const isKnown = request.headers["x-key"] === "the-key";
      if (request.method === "POST" && isKnown) bodies.add(text);
      response.statusCode = isKnown && !isSick ? (request.method === "POST" ? 201 : 200) : 401;
      if (now === "failed") response.statusCode = 500;
      response.setHeader("content-type", "application/json");
      response.end(request.method === "POST" && isKnown ? text : "[]");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies, counted: () => count };
}

const latency: Measure = { what: "latency_p95", operation: "POST /bookings", is: "at_most", number: 10, unit: "s" };
const check = (url: string, measures: Measure[], seconds = 1) =>
  checked({
    url,
    document: DOCUMENT,
    key: "the-key",
    numbers: measures.map((measure, at) => ({ requirement: `N${at + 1}`, measure })),
    wanted: { requests: 1, load: { path: "/bookings", connections: 1, seconds, p95_ms: null } },
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
    expect.stringMatching(/^(\d+) of \1 requests had no success, so the times do not show it\.$/),
    "A check of the service does not show it: watch it where the service runs.",
    "GET /bookings/{id} needs an item, which a new service does not have.",
    "The document has no GET /nothing.",
    "Its load, a busy day, is not written like 50 requests/s.",
  ]);
  expect(checkLines(result)).toContainEqual(
    expect.stringMatching(/^Not measured: N1: latency_p95 of POST \/bookings at most 10 s\. \d+ of/),
  );
});

test("a service that refuses everybody has shown nothing, nor has one without a document", async () => {
  const { url } = await service({ isSick: true });
  const plain = JSON.parse(DOCUMENT) as { paths: Record<string, Record<string, { responses?: object }>> };
  const refusal = { "401": { description: "Refused", content: { "application/json": { schema: { type: "array" } } } } };
  for (const item of Object.values(plain.paths))
    for (const method of ["get", "post"]) if (item[method]) Object.assign(item[method].responses ?? {}, refusal);
  const given = { url, key: null, numbers: [], wanted: { requests: 20, load: null } };
  const refused = await checked({ ...given, document: JSON.stringify(plain) });
  expect(refused.contract).toMatchObject({ found: 0, accepted: [] });
  expect(checkLines(refused)).toContainEqual(expect.stringMatching(/^Contract: no operation accepted one of/));
  expect(checksHold({ ...refused, not_measured: [] })).toBe(false);
  const bare = await checked({ ...given, document: null });
  expect(bare).toMatchObject({ contract: null, not_measured: [expect.stringContaining("has no openapi.yaml")] });
  expect(checksHold(bare)).toBe(false);
});

test("a check has the time of all its loads", () => {
  const load = { path: "/", connections: 1, seconds: 120, p95_ms: null };
  expect(mostMs({ requests: 1, load }, 99)).toBeGreaterThan(180_000 + 9 * 120_000);
});

test("a load is sent as it is named, also to a service that takes its time", async () => {
  const { url, counted } = await service({ waitMs: 110 });
  const [number] = (await check(url, [{ ...latency, operation: "GET /bookings", at: "200 requests/s" }])).numbers;
  expect(number).toMatchObject({ holds: true, why: null });
  // Those of ten connections are 90 a second. Some of these are of the other load and of the contract.
  expect(counted()).toBeGreaterThan(180);
});

test("a load that could not be sent shows no number, unless it does not even hold at less", async () => {
  const { url } = await service({ waitMs: 100 });
  const asked: Measure = { ...latency, operation: "GET /bookings", at: "5000 requests/s" };
  const { numbers } = await check(url, [asked, { ...asked, number: 1, unit: "ms" }]);
  expect(numbers.map(({ holds, why }) => [holds, why])).toEqual([
    [null, expect.stringMatching(/^Only \d+ of 5000 requests\/s could be sent\.$/)],
    [false, null],
  ]);
});

test("requests whose connection ends, and those that nobody answers, are errors", async () => {
  const errors: Measure = {
    what: "error_rate",
    operation: "GET /bookings",
    at: "100 requests/s",
    is: "at_most",
    number: 1,
    unit: "%",
  };
  const of = async (fate: (count: number) => Fate, seconds = 1) => {
    const { url } = await service({ fate });
    return (await check(url, [errors], seconds)).numbers[0];
  };
  expect((await of((count) => (count % 4 === 0 ? "cut" : "answered")))?.measured).toBeGreaterThan(15);
  expect(await of((count) => (count > 30 && count % 10 === 0 ? "hung" : "answered"), 4)).toMatchObject({
    holds: false,
  });
  expect(await of((count) => (count % 4 === 0 ? "closed" : "answered"))).toMatchObject({ measured: 0, holds: true });
});

test("throughput is that of successes, also where each request writes", async () => {
  const throughput: Measure = {
    what: "throughput",
    operation: "POST /bookings",
    is: "at_least",
    number: 120,
    unit: "requests/s",
  };
  const well = await service();
  // More than the rate of operations that write, which a busy machine does not reach at once.
  await vi.waitFor(
    async () => expect((await check(well.url, [throughput])).numbers).toMatchObject([{ holds: true, why: null }]),
    { timeout: 60_000 },
  );
  const ill = await service({ fate: (count) => (count % 3 === 0 ? "failed" : "answered"), waitMs: 20 });
  const [number] = (await check(ill.url, [throughput])).numbers;
  expect(number?.measured).toBeGreaterThan(0);
  expect(number?.measured).toBeLessThan(0.75 * ill.counted());
}, 90_000);
