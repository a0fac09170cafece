/** A receiver of webhooks that accepts everything. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { WebhookBody } from "@/core/shapes/webhooks";

interface Received {
  headers: IncomingHttpHeaders;
  text: string;
  body: WebhookBody;
}

export async function startHookReceiver() {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      received.push({ headers: request.headers, text, body: JSON.parse(text) as WebhookBody });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const host = `127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  const close = () => new Promise((resolve) => server.close(resolve));
  return { received, host, url: `http://${host}/hook`, close };
}
