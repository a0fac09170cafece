/** A reverse proxy as people put it in front of Banyan, with what such proxies get wrong. */
import { createHash } from "node:crypto";
import { createServer, type IncomingHttpHeaders, request, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface ProxyFaults {
  /** What becomes of a request for a WebSocket: passed on, sent without Upgrade (nginx' default), or accepted and then silent. */
  websockets?: "passed" | "dropped" | "silent";
  /** Changes the headers of each request on its way. */
  change?: (headers: IncomingHttpHeaders) => IncomingHttpHeaders;
  /** Ends a request that is unanswered for so long with an HTML page of its own. */
  idleMs?: number;
  /** Answers paths that begin so with an HTML page of its own. */
  blocks?: string;
}

export interface ReverseProxy {
  url: string;
  close(): Promise<void>;
}

/** RFC 6455, section 1.3. */
const WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const HOP = ["connection", "upgrade", "keep-alive", "transfer-encoding"];

export async function startReverseProxy(target: string, faults: ProxyFaults = {}): Promise<ReverseProxy> {
  const { websockets = "dropped", change = (headers) => headers, idleMs, blocks } = faults;
  const { hostname, port } = new URL(target);
  const server: Server = createServer((asked, response) => {
    const page = (status: number) => {
      if (response.headersSent) return response.destroy();
      response.writeHead(status, { "content-type": "text/html" }).end("<h1>The proxy answers</h1>");
    };
    if (blocks !== undefined && asked.url?.startsWith(blocks)) return void page(403);
    const headers = change(without(asked.headers));
    const onward = request({ hostname, port, path: asked.url, method: asked.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, without(answer.headers));
      answer.pipe(response);
    });
    onward.on("error", () => page(502));
    if (idleMs !== undefined) onward.setTimeout(idleMs, () => page(504));
    response.once("close", () => onward.destroy());
    asked.pipe(onward);
  });
  // Node gives a request with Upgrade to the request's listener only where nobody listens for upgrades.
  if (websockets !== "dropped")
    server.on("upgrade", (asked, socket) => {
      socket.on("error", () => socket.destroy());
      if (websockets === "silent") {
        const accept = createHash("sha1")
          .update(`${asked.headers["sec-websocket-key"]}${WEBSOCKET_GUID}`)
          .digest("base64");
        const lines = ["Connection: Upgrade", "Upgrade: websocket", `Sec-WebSocket-Accept: ${accept}`];
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
        return;
      }
      const onward = request({ hostname, port, path: asked.url, headers: change(asked.headers) });
      onward.on("error", () => socket.destroy());
      onward.once("response", () => socket.destroy());
      onward.once("upgrade", (answer, other, head) => {
        other.on("error", () => socket.destroy());
        const lines = answer.rawHeaders.flatMap((name, at, all) => (at % 2 ? [] : [`${name}: ${all[at + 1]}`]));
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
        if (head.length > 0) socket.write(head);
        other.pipe(socket).pipe(other);
      });
      onward.end();
    });
  // Node forgets a connection once it is upgraded.
  const connections = new Set<Socket>();
  server.on("connection", (connection: Socket) => {
    connections.add(connection);
    connection.once("close", () => connections.delete(connection));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      for (const connection of connections) connection.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function without(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP.includes(name)));
}
