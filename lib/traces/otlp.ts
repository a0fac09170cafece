/** Sends spans to a collector of OpenTelemetry over HTTP, and says what became of them. */
import { hostname } from "node:os";
import { JsonTraceSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { SpanRef } from "@/core/traces/ids";
import type { Span } from "@/core/traces/span";
import type { TracingSettings } from "@/lib/env/tracing";

type ReadableSpan = Parameters<typeof JsonTraceSerializer.serializeRequest>[0][number];

/**
 * `later`: it may take them at another time. `smaller`: it takes fewer at a time. `never`: it does not take these spans at
 * any time. `why` is a part of a sentence.
 */
type SendOutcome =
  | { kind: "taken" }
  | { kind: "later"; why: string; againInMs: number | null }
  | { kind: "smaller" | "never"; why: string };

export interface TraceSender {
  /** Where spans go, for people: without a path, which may hold a key. */
  host: string;
  /** Sends spans once. Never rejects. Without spans it only asks whether the collector takes some. */
  send(spans: readonly Span[]): Promise<SendOutcome>;
}

export interface SenderOptions {
  settings: TracingSettings;
  version: string;
}

/** The collector's own codes for spans that it cannot read. All others may pass, or are a fault of the settings. */
const UNREADABLE: ReadonlySet<number> = new Set([400, 422]);
const TOO_LARGE = 413;
const KINDS: Record<Span["kind"], number> = { internal: 0, client: 2 };
const ERROR = 2;
const SAMPLED = 1;

export function createTraceSender({ settings, version }: SenderOptions): TraceSender {
  const { url, format, headers, timeoutMs } = settings;
  const serializer = format === "json" ? JsonTraceSerializer : ProtobufTraceSerializer;
  const type = format === "json" ? "application/json" : "application/x-protobuf";
  const { host } = new URL(url);
  const made = madeBy(settings, version);
  return {
    host,
    async send(spans) {
      const body = serializer.serializeRequest(spans.map((span) => readable(span, made)));
      if (!body) return { kind: "never", why: "they cannot be written" };
      try {
        const signal = AbortSignal.timeout(timeoutMs);
        // A collector is named by the person who runs the server. A redirect could take the headers elsewhere.
        const asked = { method: "POST", headers: { ...headers, "content-type": type }, redirect: "manual" } as const;
        const response = await fetch(url, { ...asked, body: Buffer.from(body), signal });
        await response.arrayBuffer();
        return outcomeOf(response);
      } catch (error) {
        return { kind: "later", why: problemOf(error, timeoutMs), againInMs: null };
      }
    },
  };
}

function outcomeOf({ status, headers, ok }: Response): SendOutcome {
  if (ok) return { kind: "taken" };
  const why = `HTTP ${status}`;
  if (status === TOO_LARGE) return { kind: "smaller", why };
  if (UNREADABLE.has(status)) return { kind: "never", why };
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  return { kind: "later", why, againInMs: seconds >= 0 ? seconds * 1_000 : null };
}

function problemOf(error: unknown, timeoutMs: number): string {
  const { name, cause } = error as Error & { cause?: { code?: string } };
  if (name === "TimeoutError") return `no answer within ${timeoutMs / 1_000} s`;
  return `no connection (${cause?.code ?? name})`;
}

type Made = Pick<ReadableSpan, "resource" | "instrumentationScope">;

function madeBy({ serviceName, resource }: TracingSettings, version: string): Made {
  const own = { "service.name": serviceName, "service.version": version, "service.instance.id": hostname() };
  return {
    resource: resourceFromAttributes({ ...own, ...resource, "service.name": serviceName }),
    instrumentationScope: { name: "banyan", version },
  };
}

function readable(span: Span, made: Made): ReadableSpan {
  const { name, kind, parentId, traceId, fromMs, toMs, attributes, error, links } = span;
  return {
    ...made,
    name,
    kind: KINDS[kind],
    spanContext: () => contextOf(span),
    ...(parentId !== null && { parentSpanContext: contextOf({ traceId, spanId: parentId }) }),
    startTime: timeOf(fromMs),
    endTime: timeOf(toMs),
    duration: timeOf(toMs - fromMs),
    ended: true,
    status: error === null ? { code: 0 } : { code: ERROR, message: error },
    attributes,
    links: links.map((link) => ({ context: contextOf(link) })),
    events: [],
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function contextOf({ traceId, spanId }: SpanRef) {
  return { traceId, spanId, traceFlags: SAMPLED };
}

/** Returns a time as seconds and nanoseconds. */
function timeOf(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1_000_000)];
}
