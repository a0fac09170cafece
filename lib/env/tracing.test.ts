import { expect, test } from "vitest";
import { readSettings } from "../env";

const URL_SET = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318/" };

test("traces are off without an address, and where a setting of OpenTelemetry switches them off", () => {
  expect(readSettings({}, "/").tracing).toBeNull();
  expect(readSettings({ ...URL_SET, OTEL_TRACES_EXPORTER: "none" }, "/").tracing).toBeNull();
  expect(readSettings({ ...URL_SET, OTEL_SDK_DISABLED: "true" }, "/").tracing).toBeNull();
  expect(readSettings(URL_SET, "/").tracing).toEqual({
    url: "http://127.0.0.1:4318/v1/traces",
    headers: {},
    format: "protobuf",
    timeoutMs: 10_000,
    isCompressed: false,
    serviceName: "banyan",
    resource: {},
    withContent: false,
  });
  const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://traces.example.org/otlp" };
  expect(readSettings({ ...URL_SET, ...own }, "/").tracing?.url).toBe("https://traces.example.org/otlp");
});

test("a setting for traces alone replaces the one for every kind of data", () => {
  const all = { OTEL_EXPORTER_OTLP_TIMEOUT: "9", OTEL_EXPORTER_OTLP_COMPRESSION: "gzip" };
  expect(readSettings({ ...URL_SET, ...all }, "/").tracing).toMatchObject({ timeoutMs: 9, isCompressed: true });
  const own = {
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/json",
    OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: "8",
    OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: "none",
  };
  const traced = readSettings({ ...URL_SET, ...all, ...own }, "/").tracing;
  expect(traced).toMatchObject({ format: "json", timeoutMs: 8, isCompressed: false });
});

test("a wrong setting is named with what is allowed, and headers are secrets", () => {
  const refused = (name: string, value: string) => {
    try {
      readSettings({ ...URL_SET, [name]: value }, "/");
    } catch (error) {
      return (error as Error).message;
    }
    return null;
  };
  expect(refused("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4317")).toBe(
    'The setting OTEL_EXPORTER_OTLP_ENDPOINT cannot be "localhost:4317": use a URL that begins with http:// or https://.',
  );
  expect(refused("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")).toBe(
    'The setting OTEL_EXPORTER_OTLP_PROTOCOL cannot be "grpc": use http/protobuf or http/json; Banyan does not send gRPC.',
  );
  expect(refused("OTEL_EXPORTER_OTLP_HEADERS", "key-7351")).toBe(
    "The setting OTEL_EXPORTER_OTLP_HEADERS cannot be its value: use pairs separated by commas, such as name=value,other=value.",
  );
  expect(refused("OTEL_EXPORTER_OTLP_TIMEOUT", "0")).toBe(
    'The setting OTEL_EXPORTER_OTLP_TIMEOUT cannot be "0": use at least 1.',
  );
  const given = { ...URL_SET, OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20Key7351,x-team=blue" };
  const { inEffect, knownValues, tracing } = readSettings(given, "/");
  expect(tracing?.headers).toEqual({ authorization: "Bearer Key7351", "x-team": "blue" });
  expect(JSON.stringify(inEffect)).not.toContain("7351");
  expect(knownValues.map(({ value }) => value)).toEqual(["Bearer Key7351", "Key7351"]);
});
