/** Sends spans to a collector of OpenTelemetry over HTTP, and says what became of them. */
import { hostname } from "node:os";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { JsonTraceSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { SpanRef } from "@/core/traces/ids";
import type { Span } from "@/core/traces/span";
import type { TracingSettings } from "@/lib/env/tracing";

type ReadableSpan = Parameters<typeof JsonTraceSerializer.serializeRequest>[0][number];

/**
 * `taken`: without those that it `refused`, which it takes at no time. `later`: it may take them at another time; `isFull`
 * when it takes too much already. `smaller`: it takes fewer at a time. `never`: it does not take these spans at any time.
 * `why` is a part of a sentence.
 */
export type SendOutcome =
  | { kind: "taken"; refused: { spans: number; why: string } | null }
  | { kind: "later"; why: string; againInMs: number | null; isFull: boolean }
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
const TOO_MANY = 429;
/** An explanation of the collector is cut after so many characters. */
const MOST_WHY_CHARS = 300;
const compressed = promisify(gzip);
const FORMS = {
  json: { serializer: JsonTraceSerializer, type: "application/json" },
  protobuf: { serializer: ProtobufTraceSerializer, type: "application/x-protobuf" },
};
const KINDS: Record<Span["kind"], number> = { internal: 0, client: 2 };
const ERROR = 2;
const SAMPLED = 1;

export function createTraceSender({ settings, version }: SenderOptions): TraceSender {
  const { url, format, headers, timeoutMs, isCompressed } = settings;
  const { serializer, type } = FORMS[format];
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
        const own = { "content-type": type, ...(isCompressed && { "content-encoding": "gzip" }) };
        const asked = { method: "POST", headers: { ...headers, ...own }, redirect: "manual", signal } as const;
        const response = await fetch(url, {
          ...asked,
          body: isCompressed ? await compressed(body) : Buffer.from(body),
        });
        return outcomeOf(response, new Uint8Array(await response.arrayBuffer()));
      } catch (error) {
        return { kind: "later", why: problemOf(error, timeoutMs), againInMs: null, isFull: false };
      }
    },
  };
}

function outcomeOf({ status, headers, ok }: Response, answer: Uint8Array): SendOutcome {
  if (ok) return { kind: "taken", refused: refusedIn(answer, headers.get("content-type") ?? "") };
  const why = `HTTP ${status}`;
  if (status === TOO_LARGE) return { kind: "smaller", why };
  if (UNREADABLE.has(status)) return { kind: "never", why };
  return { kind: "later", why, againInMs: waitIn(headers), isFull: status === TOO_MANY };
}

/** A collector that takes some of the spans answers with success, and says in its answer how many it does not take. */
function refusedIn(answer: Uint8Array, type: string): { spans: number; why: string } | null {
  const form = Object.values(FORMS).find((known) => type.startsWith(known.type));
  if (!form) return null;
  try {
    const { rejectedSpans, errorMessage } = form.serializer.deserializeResponse(answer).partialSuccess ?? {};
    const spans = Number(rejectedSpans ?? 0);
    // In one line of the log, whatever it holds.
    const why = (errorMessage ?? "").replace(/[\s\p{Cc}]+/gu, " ").trim();
    return spans > 0 ? { spans, why: why.slice(0, MOST_WHY_CHARS) || "it does not say why" } : null;
  } catch {
    // What answers is perhaps no collector, and took the spans all the same.
    return null;
  }
}

/** Returns how long the collector wants to be left alone: it says seconds or a date. null: it does not say. */
function waitIn(headers: Headers): number | null {
  const said = headers.get("retry-after");
  if (said === null) return null;
  const ms = /^\d+$/.test(said) ? Number(said) * 1_000 : Date.parse(said) - Date.parse(headers.get("date") ?? "");
  return ms >= 0 ? ms : null;
}

function problemOf(error: unknown, timeoutMs: number): string {
  const { name, cause } = error as Error & { cause?: { code?: string } };
  if (name === "TimeoutError") return `no answer within ${timeoutMs / 1_000} s`;
  // So fails a port for gRPC, which the settings of other programs name.
  if (cause?.code?.startsWith("HPE_"))
    return "it does not speak HTTP; OTLP over HTTP has a port of its own, mostly 4318";
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
