/** The part of `doctor` that says whether the collector of traces answers. */
import { createTraceSender } from "@/lib/traces/otlp";
import type { Context } from "@/scripts/cli/context/context";
import type { Finding } from "./finding";

const NAME = "Traces";

export async function traces({ settings: { tracing } }: Pick<Context, "settings">): Promise<Finding> {
  if (tracing === null) {
    const remedy = "Set OTEL_EXPORTER_OTLP_ENDPOINT to the address of a collector (docs/tracing.md).";
    return { name: NAME, mark: "off", text: "No traces are sent.", remedy };
  }
  const sender = createTraceSender({ settings: tracing, version: "doctor" });
  const content = tracing.withContent ? "with the texts of people, models and tools" : "without texts";
  const outcome = await sender.send([]);
  if (outcome.kind === "taken")
    return { name: NAME, mark: "ok", text: `The collector at ${sender.host} takes spans, ${content}.`, remedy: "" };
  const text = `The collector at ${sender.host} takes no spans now: ${outcome.why}.`;
  const remedy =
    "Start it, or correct the settings OTEL_EXPORTER_OTLP_…: address and path, protocol, headers (docs/tracing.md). Spans are sent later.";
  return { name: NAME, mark: "warn", text, remedy };
}
