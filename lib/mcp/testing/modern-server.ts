/** A real server that speaks only 2026-07-28, for both transports. As a program it speaks over its standard streams. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, Server } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";

const TEXT = { type: "object", properties: { text: { type: "string" } } } as const;
const PLACE = { type: "object", properties: { city: { type: "string", "x-mcp-header": "City" } } } as const;

/** What all servers of one fixture share. */
export interface ModernState {
  /** Calls of `hang` that were cancelled. */
  cancelled: number;
  /** The headers of the last call, over HTTP. */
  headers: Headers | undefined;
  changes: number;
}

export function modernState(): ModernState {
  return { cancelled: 0, headers: undefined, changes: 0 };
}

/** Serves HTTP requests; `close` ends its open streams. */
export function modernHandler(state: ModernState) {
  const handler = createMcpHandler(
    ({ requestInfo }) => modernServer(state, () => handler.notify.toolsChanged(), requestInfo?.headers),
    { legacy: "reject" },
  );
  return handler;
}

export interface ModernFixture {
  host: string;
  url: string;
  stop(): Promise<void>;
}

/** Serves HTTP requests on the loopback. */
export async function startModern(state: ModernState): Promise<ModernFixture> {
  const handler = modernHandler(state);
  const listener = http.createServer(toNodeHandler(handler));
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}/mcp`,
    async stop() {
      await handler.close();
      listener.closeAllConnections();
      listener.close();
    },
  };
}

function modernServer(state: ModernState, onChange: (server: Server) => void, headers?: Headers): Server {
  const server = new Server(
    { name: "modern", version: "1" },
    { capabilities: { tools: { listChanged: true } }, instructions: "Speaks 2026-07-28." },
  );
  server.setRequestHandler("tools/list", () => ({
    tools: [
      { name: "echo", description: "Says it again.", inputSchema: TEXT },
      { name: "hang", description: "Waits until it is cancelled.", inputSchema: TEXT },
      { name: "cancelled", description: "How many calls were cancelled.", inputSchema: TEXT },
      { name: "weather", description: "Takes its city as a header.", inputSchema: PLACE },
      {
        name: "change",
        description: `Changed ${state.changes} times.`,
        inputSchema: state.changes > 0 ? PLACE : TEXT,
      },
    ],
  }));
  server.setRequestHandler("tools/call", async ({ params }, { mcpReq }) => {
    const text = (value: unknown) => ({ content: [{ type: "text" as const, text: String(value) }] });
    state.headers = headers;
    if (params.name === "hang") {
      mcpReq.signal.addEventListener("abort", () => {
        state.cancelled += 1;
      });
      const progressToken = params._meta?.progressToken ?? 0;
      await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress: 1 } });
      await new Promise((resolve) => mcpReq.signal.addEventListener("abort", resolve));
    }
    if (params.name === "change") {
      state.changes += 1;
      onChange(server);
    }
    if (params.name === "cancelled") return text(state.cancelled);
    return text(params.arguments?.text ?? params.arguments?.city ?? "");
  });
  return server;
}

if (process.argv[2] === "stdio") {
  const state = modernState();
  serveStdio(() => modernServer(state, (server) => void server.sendToolListChanged()), { legacy: "reject" });
}
