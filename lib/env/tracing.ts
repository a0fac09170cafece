/** The settings of traces, by the names that OpenTelemetry gives them. Without an address they are off. */
import { z } from "zod";

const address = z
  .url({ protocol: /^https?$/, error: "a URL that begins with http:// or https://" })
  .refine((text) => !URL.parse(text)?.username, "a URL without a user name: put it into OTEL_EXPORTER_OTLP_HEADERS");
const PAIRS_FORM = "pairs separated by commas, such as name=value,other=value";
const pairs = z.string().refine((text) => pairsIn(text) !== null, PAIRS_FORM);
const trueOrFalse = z.enum(["true", "false"], "true or false");
const MOST_TIMEOUT_MS = 120_000;
const protocol = z.enum(["http/protobuf", "http/json"], "http/protobuf or http/json; Banyan does not send gRPC");
const timeout = z.coerce
  .number(`milliseconds from 1 to ${MOST_TIMEOUT_MS}`)
  .int(`milliseconds from 1 to ${MOST_TIMEOUT_MS}`)
  .min(1, "at least 1")
  .max(MOST_TIMEOUT_MS, `at most ${MOST_TIMEOUT_MS}`);
const compression = z.enum(["gzip", "none"], "gzip or none");

export const TRACING_SETTINGS = {
  OTEL_EXPORTER_OTLP_ENDPOINT: address.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: address.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: pairs.optional(),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: pairs.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol.default("http/protobuf"),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol.optional(),
  OTEL_EXPORTER_OTLP_TIMEOUT: timeout.default(10_000),
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: timeout.optional(),
  OTEL_EXPORTER_OTLP_COMPRESSION: compression.default("none"),
  OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: compression.optional(),
  OTEL_SERVICE_NAME: z.string().default("banyan"),
  OTEL_RESOURCE_ATTRIBUTES: pairs.optional(),
  OTEL_TRACES_EXPORTER: z.enum(["otlp", "none"], "otlp or none").default("otlp"),
  OTEL_SDK_DISABLED: trueOrFalse.optional(),
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: trueOrFalse.optional(),
};

export interface TracingSettings {
  /** Where spans are sent. */
  url: string;
  headers: Readonly<Record<string, string>>;
  format: "protobuf" | "json";
  timeoutMs: number;
  /** Whether requests are sent with gzip. */
  isCompressed: boolean;
  serviceName: string;
  /** Attributes of the installation, such as its environment. */
  resource: Readonly<Record<string, string>>;
  /** Whether spans hold texts: replies, arguments, results, commands and titles. */
  withContent: boolean;
}

type Given = z.output<z.ZodObject<typeof TRACING_SETTINGS>>;

/** Returns null where traces are off. */
export function tracingOf(given: Given): TracingSettings | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own } = given;
  const url = own ?? (base === undefined ? null : `${base.replace(/\/+$/, "")}/v1/traces`);
  if (url === null || given.OTEL_TRACES_EXPORTER === "none" || given.OTEL_SDK_DISABLED === "true") return null;
  const headers = given.OTEL_EXPORTER_OTLP_TRACES_HEADERS ?? given.OTEL_EXPORTER_OTLP_HEADERS ?? "";
  return {
    url,
    headers: pairsIn(headers) ?? {},
    format:
      (given.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? given.OTEL_EXPORTER_OTLP_PROTOCOL) === "http/json"
        ? "json"
        : "protobuf",
    timeoutMs: given.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT ?? given.OTEL_EXPORTER_OTLP_TIMEOUT,
    isCompressed: (given.OTEL_EXPORTER_OTLP_TRACES_COMPRESSION ?? given.OTEL_EXPORTER_OTLP_COMPRESSION) === "gzip",
    serviceName: given.OTEL_SERVICE_NAME,
    resource: pairsIn(given.OTEL_RESOURCE_ATTRIBUTES ?? "") ?? {},
    withContent: given.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT === "true",
  };
}

/** The value of a header may hold spaces and marks as %20, as the specification of OpenTelemetry says. */
function pairsIn(text: string): Record<string, string> | null {
  const found: Record<string, string> = {};
  for (const pair of text.split(",").map((part) => part.trim())) {
    if (pair === "") continue;
    const [, name, value] = /^([\w.-]+)\s*=\s*(.*)$/.exec(pair) ?? [];
    const decoded = value === undefined ? null : decodedOf(value);
    if (name === undefined || decoded === null) return null;
    found[name] = decoded;
  }
  return found;
}

/** Returns null for a text that no header can hold. */
function decodedOf(value: string): string | null {
  try {
    const text = decodeURIComponent(value);
    return /^[\t\x20-\x7e]*$/.test(text) ? text : null;
  } catch {
    return null;
  }
}

/** Returns the values of headers that are secrets: each whole, and without a word such as Bearer. */
export function secretsInHeaders(text: string): string[] {
  return Object.values(pairsIn(text) ?? {}).flatMap((value) => [...new Set([value, value.split(" ").at(-1) ?? ""])]);
}
