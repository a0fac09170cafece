import { expect, test } from "vitest";
import { readSettings } from "@/lib/env";
import { startCollector, tracedBy } from "@/tests/agents/traces/collector";
import { traces } from "./traces";

const markOf = async (env: Record<string, string>) => {
  const { mark, text } = await traces({ settings: readSettings(env, "/") });
  return [mark, text];
};

test("doctor says whether the collector of traces takes spans, and never shows its headers", async () => {
  const collector = await startCollector();
  const env = tracedBy(collector, { OTEL_EXPORTER_OTLP_HEADERS: "x-key=hidden-9371" });
  const host = `127.0.0.1:${collector.port}`;
  expect(await markOf({})).toEqual(["off", "No traces are sent."]);
  expect(await markOf(env)).toEqual(["ok", `The collector at ${host} takes spans, without texts.`]);
  expect(collector.headers[0]).toMatchObject({ "x-key": "hidden-9371" });
  collector.answer.status = 401;
  expect(await markOf(env)).toEqual(["warn", `The collector at ${host} takes no spans now: HTTP 401.`]);
  await collector.close();
  expect(await markOf(env)).toEqual(["warn", expect.stringMatching(/ takes no spans now: no connection \(\w+\)\.$/)]);
});
