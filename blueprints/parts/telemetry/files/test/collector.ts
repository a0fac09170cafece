/** A collector of OpenTelemetry on this machine, which keeps what it is sent. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";

export interface Collector {
  /** What is set to send to it. */
  environment: Record<string, string>;
  /** What arrived at `/v1/traces` or `/v1/metrics`. */
  received: { path: string; body: string }[];
  spans(): { name: string; traceId: string }[];
}

export async function startCollector(t: TestContext): Promise<Collector> {
  const received: Collector["received"] = [];
  const server = createServer(async (request, response) => {
    received.push({ path: request.url ?? "", body: await text(request) });
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  t.after(() => server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: address },
    received,
    spans: () => received.filter(({ path }) => path === "/v1/traces").flatMap(({ body }) => spansIn(JSON.parse(body))),
  };
}

interface Traces {
  resourceSpans: { scopeSpans: { spans: { name: string; traceId: string }[] }[] }[];
}

function spansIn({ resourceSpans }: Traces) {
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}
