/**
 * A client of MCP for the host's own server, which shares its process. It speaks the protocol as the SDK's client does,
 * but does not check each answer against the protocol's schemas: both ends are ours, and the checks took twice as long
 * as the tools that every turn calls.
 */
import {
  type CallToolResult,
  InMemoryTransport,
  type JSONRPCMessage,
  LATEST_PROTOCOL_VERSION,
  type Server,
} from "@modelcontextprotocol/server";

export interface LinkedClient {
  /** Rejects with the server's message when it answers with an error, and when the client is closed meanwhile. */
  callTool(params: { name: string; arguments: unknown; _meta: Record<string, unknown> }): Promise<CallToolResult>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export async function linkClient(server: Server, version: string): Promise<LinkedClient> {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const waiting = new Map<number, Waiting>();
  let requests = 0;
  ours.onmessage = (message) => answer(waiting, message);
  ours.onclose = () => {
    for (const { reject } of waiting.values()) reject(new Error("The tools were closed."));
    waiting.clear();
  };
  const request = (method: string, params: Record<string, unknown>) =>
    new Promise<unknown>((resolve, reject) => {
      requests += 1;
      const id = requests;
      waiting.set(id, { resolve, reject });
      ours.send({ jsonrpc: "2.0", id, method, params }).catch((error: Error) => {
        waiting.delete(id);
        reject(error);
      });
    });
  await Promise.all([server.connect(theirs), ours.start()]);
  const clientInfo = { name: "banyan-runtime", version };
  await request("initialize", { protocolVersion: LATEST_PROTOCOL_VERSION, capabilities: {}, clientInfo });
  await ours.send({ jsonrpc: "2.0", method: "notifications/initialized" });
  return {
    callTool: (params) => request("tools/call", params) as Promise<CallToolResult>,
    close: () => ours.close(),
  };
}

function answer(waiting: Map<number, Waiting>, message: JSONRPCMessage): void {
  // The server asks its client nothing, and tells it nothing.
  if ("method" in message) return;
  const id = Number(message.id);
  const waiter = waiting.get(id);
  waiting.delete(id);
  if ("error" in message) waiter?.reject(new Error(message.error.message));
  else waiter?.resolve(message.result);
}
