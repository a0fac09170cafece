/** Serves clients over Streamable HTTP, each request for itself. */
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { createServer } from "./server.ts";

const THIS_MACHINE = ["localhost", "127.0.0.1", "[::1]"];

/** `allowedHosts`: the names under which callers may reach it, beside this machine. */
export function httpServer(allowedHosts: string[]): Server {
  const hosts = new Set([...THIS_MACHINE, ...allowedHosts]);
  return createHttpServer((request, response) => {
    answer(request, response, hosts).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      if (response.headersSent) response.destroy();
      else send(response, 500, "The server failed.");
    });
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, hosts: ReadonlySet<string>): Promise<void> {
  const [path] = (request.url ?? "").split("?");
  if (path === "/healthz") return send(response, 200, "ok");
  if (path !== "/mcp") return send(response, 404, "The server answers at /mcp.");
  // A page in a browser could have its own name lead to this machine.
  if (!hosts.has(hostIn(`http://${request.headers.host}`)))
    return send(response, 403, "This host is not allowed: add it to ALLOWED_HOSTS.");
  const { origin } = request.headers;
  if (origin !== undefined && !hosts.has(hostIn(origin))) return send(response, 403, "This origin is not allowed.");
  if (request.method !== "POST") {
    response.setHeader("allow", "POST");
    return send(response, 405, "The server keeps no sessions: send each message with POST.");
  }
  await serve(request, response);
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const server = createServer();
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  response.on("close", () => void server.close());
  await server.connect(transport);
  await transport.handleRequest(request, response);
}

function hostIn(address: string): string {
  return URL.canParse(address) ? new URL(address).hostname : "";
}

function send(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ message }));
}
