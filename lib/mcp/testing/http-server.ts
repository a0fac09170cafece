import http from "node:http";
import type { AddressInfo } from "node:net";

export interface HttpFixture {
  host: string;
  origin: string;
  /** The open sockets. */
  connections(): Promise<number>;
  stop(): Promise<void>;
}

export interface JsonRequest {
  id?: number;
  method: string;
  params?: { name?: string; arguments?: Record<string, unknown> };
}

/** A real HTTP server on the loopback; `handle` can do anything with the response. */
export async function startHttp(
  handle: (request: http.IncomingMessage, body: string, response: http.ServerResponse) => unknown,
): Promise<HttpFixture> {
  const server = http.createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    handle(request, body, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    origin: `http://${host}`,
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function sendJson(
  response: http.ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** Answers as a small MCP server with the tools in `names`; `onCall` answers the calls. */
export function answerMcp(
  body: string,
  response: http.ServerResponse,
  names: string[],
  onCall: (request: JsonRequest) => unknown,
): unknown {
  const request = JSON.parse(body) as JsonRequest;
  const result = (value: unknown, headers = {}) =>
    sendJson(response, 200, { jsonrpc: "2.0", id: request.id, result: value }, headers);
  if (request.method === "initialize")
    return result(
      { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "fixture", version: "1" } },
      { "mcp-session-id": "one" },
    );
  if (request.method === "tools/list")
    return result({ tools: names.map((name) => ({ name, description: name, inputSchema: { type: "object" } })) });
  if (request.method === "tools/call") return onCall(request);
  if (request.method === "ping") return result({});
  if (request.id !== undefined)
    return sendJson(response, 200, {
      jsonrpc: "2.0",
      id: request.id,
      error: { code: -32601, message: "Method not found" },
    });
  response.writeHead(202).end();
}
