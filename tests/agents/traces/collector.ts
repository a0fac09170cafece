/** A collector of OpenTelemetry for tests: takes spans over HTTP, reads those in JSON, and can refuse them. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: number;
  from: number;
  to: number;
  attributes: Record<string, unknown>;
  error: string | null;
  links: { traceId: string; spanId: string }[];
}

export interface Collector {
  url: string;
  port: number;
  spans: ReceivedSpan[];
  /** Everything that came, as it came. */
  bodies: Buffer[];
  headers: Record<string, unknown>[];
  resource: Record<string, unknown>;
  answer: Answer;
  /** How many requests were too long. */
  refused: number;
  close(): Promise<void>;
}

/** How the collector answers from now on. */
interface Answer {
  status: number;
  /** What is longer gets the status `tooLong`. */
  mostBytes?: number;
  /** Default: 413. */
  tooLong?: number;
  body?: string | Uint8Array;
  headers?: Record<string, string>;
  /** Resolves when the collector may answer what it has read. */
  held?: Promise<void>;
}

interface OtlpValue {
  stringValue?: string;
  intValue?: number;
  doubleValue?: number;
  boolValue?: boolean;
  arrayValue?: { values: OtlpValue[] };
}
type OtlpAttributes = { key: string; value: OtlpValue }[];
interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: OtlpAttributes;
  status: { code: number; message?: string };
  links: { traceId: string; spanId: string }[];
}

/** `port` 0: any free port. */
export async function startCollector(port = 0): Promise<Collector> {
  const collector: Omit<Collector, "close"> = {
    url: "",
    port: 0,
    spans: [],
    bodies: [],
    headers: [],
    resource: {},
    answer: { status: 200 },
    refused: 0,
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const sent = Buffer.concat(chunks);
    const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
    const { mostBytes = Number.POSITIVE_INFINITY, tooLong = 413, body: text = "{}", headers, held } = collector.answer;
    const isTooLong = body.length > mostBytes;
    const status = isTooLong ? tooLong : collector.answer.status;
    if (isTooLong) collector.refused += 1;
    if (status === 200) {
      collector.bodies.push(body);
      collector.headers.push(request.headers);
      if (request.headers["content-type"] === "application/json") take(collector, body.toString());
    }
    await held;
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  collector.port = (server.address() as AddressInfo).port;
  collector.url = `http://127.0.0.1:${collector.port}`;
  return Object.assign(collector, {
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

function take(collector: Omit<Collector, "close">, text: string): void {
  const { resourceSpans } = JSON.parse(text) as {
    resourceSpans: { resource: { attributes: OtlpAttributes }; scopeSpans: { spans: OtlpSpan[] }[] }[];
  };
  for (const { resource, scopeSpans } of resourceSpans) {
    collector.resource = valuesOf(resource.attributes);
    collector.spans.push(...scopeSpans.flatMap(({ spans }) => spans.map(received)));
  }
}

function received(span: OtlpSpan): ReceivedSpan {
  const { traceId, spanId, parentSpanId = "", name, kind, status } = span;
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind,
    from: Number(BigInt(span.startTimeUnixNano) / 1_000_000n),
    to: Number(BigInt(span.endTimeUnixNano) / 1_000_000n),
    attributes: valuesOf(span.attributes),
    error: status.code === 2 ? (status.message ?? "") : null,
    links: span.links.map((link) => ({ traceId: link.traceId, spanId: link.spanId })),
  };
}

function valuesOf(attributes: OtlpAttributes): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]));
}

function plainValue({ arrayValue, ...value }: OtlpValue): unknown {
  if (arrayValue) return arrayValue.values.map(plainValue);
  return Object.values(value)[0];
}

/** The settings that send traces to the collector. */
export function tracedBy({ url }: Pick<Collector, "url">, more: Record<string, string> = {}): Record<string, string> {
  return { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROTOCOL: "http/json", ...more };
}
