/** Traces of a worker's process: where the settings name a collector, the log is sent there. */
import { openTraces, startTraceWatch, type TraceWatch } from "@/agents/traces/watch";
import { createTraceSender } from "@/lib/traces/otlp";
import type { RuntimeParts } from "./runtime-parts";

type Parts = Pick<RuntimeParts, "options" | "acting" | "timers" | "now">;

/** Call it before the worker starts. What happens while traces are off is not sent later. */
export async function prepareTraces({ options, acting: { store } }: Parts): Promise<void> {
  if (options.settings.tracing) await openTraces({ store });
  else if (store.traces.read()) await store.traces.forget();
}

export function sendTraces(parts: Parts, leads: () => boolean): TraceWatch {
  const { options, acting, timers, now } = parts;
  const { version, report } = options;
  const { tracing } = options.settings;
  if (!tracing) return { isOn: false, check: async () => {}, stop: async () => {} };
  const sender = createTraceSender({ settings: tracing, version });
  const { store, security } = acting;
  const { redactor } = security;
  return startTraceWatch({ store, sender, withContent: tracing.withContent, redactor, timers, now, report }, leads);
}
