/** Sends traces and metrics to a collector of OpenTelemetry, if the environment names one. */
import { metrics, trace } from "@opentelemetry/api";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

export interface Telemetry {
  /** Sends what is left, and waits at most some seconds for that. */
  stop(): Promise<void>;
}

/** `name`: how the service is called in what it sends. What is measured before this is not sent. */
export function startTelemetry(environment: Record<string, string | undefined>, name: string): Telemetry {
  const endpoint = environment.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/+$/, "");
  if (!endpoint) return { stop: async () => {} };
  if (!URL.canParse(endpoint)) throw new Error("OTEL_EXPORTER_OTLP_ENDPOINT must be an address, such as http://localhost:4318.");
  const resource = resourceFromAttributes({ "service.name": name });
  const traces = new OTLPTraceExporter({ url: `${endpoint}/v1/traces` });
  const tracers = new NodeTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(traces)] });
  const exporter = new OTLPMetricExporter({ url: `${endpoint}/v1/metrics` });
  const meters = new MeterProvider({ resource, readers: [new PeriodicExportingMetricReader({ exporter })] });
  tracers.register();
  metrics.setGlobalMeterProvider(meters);
  return {
    stop: async () => {
      // A collector that does not answer must not keep the service from ending.
      await Promise.allSettled([tracers.shutdown(), meters.shutdown()]);
      trace.disable();
      metrics.disable();
    },
  };
}
