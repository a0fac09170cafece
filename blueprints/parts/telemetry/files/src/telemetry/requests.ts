/** Measures each request. */
import { context, metrics, propagation, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { FastifyInstance, FastifyRequest } from "fastify";

const NAME = "requests";

export function measureRequests(app: FastifyInstance): void {
  const tracer = trace.getTracer(NAME);
  const duration = metrics.getMeter(NAME).createHistogram("http.server.request.duration", { unit: "s" });
  const spans = new WeakMap<FastifyRequest, Span>();

  app.addHook("onRequest", (request, _reply, done) => {
    if (request.url === "/healthz") return done();
    const from = propagation.extract(context.active(), request.headers);
    const { url: route } = request.routeOptions;
    const span = tracer.startSpan(
      route === undefined ? request.method : `${request.method} ${route}`,
      { kind: SpanKind.SERVER, attributes: { "http.request.method": request.method, "http.route": route } },
      from,
    );
    spans.set(request, span);
    // What the request does next happens inside its span.
    context.with(trace.setSpan(from, span), done);
  });

  app.addHook("onResponse", (request, reply, done) => {
    const span = spans.get(request);
    if (span) {
      const status = { "http.response.status_code": reply.statusCode };
      span.setAttributes(status);
      if (reply.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
      const { method, routeOptions } = request;
      duration.record(reply.elapsedTime / 1000, { ...status, "http.request.method": method, "http.route": routeOptions.url });
    }
    done();
  });
}
