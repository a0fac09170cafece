/** What collectors answer, and what the sender makes of it. */
import { type AddressInfo, createServer } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Span } from "@/core/traces/span";
import { readSettings } from "@/lib/env";
import { type Collector, startCollector, tracedBy } from "@/tests/agents/traces/collector";
import { createTraceSender } from "./otlp";

let collector: Collector;
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(() => collector.close());

const SPAN: Span = {
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  spanId: "00f067aa0ba902b7",
  parentId: null,
  name: "tree",
  kind: "internal",
  fromMs: 1_000,
  toMs: 2_000,
  attributes: { "banyan.cost_usd": 0, "banyan.tree.tasks": 3, "banyan.status": "succeeded" },
  error: null,
  links: [],
};

function send(more: Record<string, string> = {}) {
  const { tracing } = readSettings(tracedBy(collector, more), "/");
  if (!tracing) throw new Error("Traces are off.");
  return createTraceSender({ settings: tracing, version: "test" }).send([SPAN]);
}

/** A partial success as protobuf: rejected_spans is 2, error_message is "too large". */
const PARTIAL = Uint8Array.from([10, 13, 8, 2, 18, 9, ...Buffer.from("too large")]);

test("spans that a collector refuses with a success are counted, whatever form its answer has", async () => {
  expect(await send()).toEqual({ kind: "taken", refused: null });
  const partialSuccess = { rejectedSpans: "2", errorMessage: "too\nlarge" };
  collector.answer = { status: 200, body: JSON.stringify({ partialSuccess }) };
  expect(await send()).toEqual({ kind: "taken", refused: { spans: 2, why: "too large" } });
  collector.answer = { status: 200, body: PARTIAL, headers: { "content-type": "application/x-protobuf" } };
  expect(await send()).toEqual({ kind: "taken", refused: { spans: 2, why: "too large" } });
  collector.answer = { status: 200, body: JSON.stringify({ partialSuccess: { rejectedSpans: 2 } }) };
  expect(await send()).toEqual({ kind: "taken", refused: { spans: 2, why: "it does not say why" } });
});

test("an answer that says nothing of spans is a success", async () => {
  const warning = { partialSuccess: { rejectedSpans: "0", errorMessage: "use another port" } };
  for (const body of ["", "null", "[]", "{", '{"partialSuccess":7}', JSON.stringify(warning)]) {
    collector.answer = { status: 200, body };
    expect(await send()).toEqual({ kind: "taken", refused: null });
  }
  for (const type of ["application/x-protobuf", "text/html"]) {
    collector.answer = { status: 200, body: "<html>", headers: { "content-type": type } };
    expect(await send()).toEqual({ kind: "taken", refused: null });
  }
});

test("a collector that is busy says how long, in seconds or as a date of its own clock", async () => {
  const again = async (status: number, headers: Record<string, string>) => {
    collector.answer = { status, headers };
    return send();
  };
  const busy = { kind: "later", why: "HTTP 429", isFull: true };
  expect(await again(429, { "retry-after": "7" })).toEqual({ ...busy, againInMs: 7_000 });
  const date = "Thu, 01 Jan 2026 10:00:00 GMT";
  const later = "Thu, 01 Jan 2026 10:01:30 GMT";
  expect(await again(429, { date, "retry-after": later })).toEqual({ ...busy, againInMs: 90_000 });
  expect(await again(429, { date: later, "retry-after": date })).toEqual({ ...busy, againInMs: null });
  expect(await again(429, { "retry-after": "soon" })).toEqual({ ...busy, againInMs: null });
  expect(await again(503, {})).toEqual({ kind: "later", why: "HTTP 503", isFull: false, againInMs: null });
});

test("a port that does not speak HTTP is named as what it is", async () => {
  // The first bytes of HTTP/2, as a port for gRPC sends them.
  const server = createServer((socket) => socket.on("error", () => {}).end(Buffer.from([0, 0, 6, 4, 0, 0, 0, 0, 0])));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const outcome = await send({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  expect(outcome).toMatchObject({ kind: "later", why: expect.stringMatching(/^it does not speak HTTP; .* 4318$/) });
  server.close();
});

test("requests are compressed where the settings want it", async () => {
  await send();
  await send({ OTEL_EXPORTER_OTLP_COMPRESSION: "gzip" });
  await send({ OTEL_EXPORTER_OTLP_COMPRESSION: "gzip", OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: "none" });
  expect(collector.headers.map((headers) => headers["content-encoding"])).toEqual([undefined, "gzip", undefined]);
  expect(collector.spans.map(({ name }) => name)).toEqual(["tree", "tree", "tree"]);
});

test("figures arrive as numbers, and a whole number of dollars is one too", async () => {
  await send();
  expect(collector.spans[0]?.attributes).toEqual({
    "banyan.cost_usd": 0,
    "banyan.tree.tasks": 3,
    "banyan.status": "succeeded",
  });
});
