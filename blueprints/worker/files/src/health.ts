/** Answers at /healthz whether the worker takes jobs. */
import { createServer, type Server } from "node:http";
import type { Queue } from "./queue.ts";
import type { Worker } from "./worker.ts";

export function healthServer(queue: Queue, worker: Worker): Server {
  return createServer(({ url }, response) => {
    const isKnown = url === "/healthz";
    const status = !isKnown ? 404 : worker.isStopping ? 503 : 200;
    const body = isKnown ? { status: worker.isStopping ? "stopping" : "ok", jobs: queue.counts() } : { status: "unknown" };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
}
