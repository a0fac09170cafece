/** Forwards the messages of an MCP client to `/mcp`, and the answers back. Both generations of the protocol pass. */
import {
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  ProtocolErrorCode,
  type RequestId,
  SdkHttpError,
  StreamableHTTPClientTransport,
  type Transport,
  UnauthorizedError,
} from "@modelcontextprotocol/client";
import { isExpected } from "@/scripts/cli/context/failure";

export interface Reach {
  url: string;
  token: string;
}

/** Requests without an answer so far. */
type Open = Map<RequestId, { abort: AbortController; isInitialize: boolean }>;

const REFUSED =
  "Banyan refuses this session's token: it was revoked or has expired. Restart the MCP server in your client.";
const BROKEN =
  "The connection to Banyan broke before the answer came. Work that had started continues: look with list_trees, or repeat the call with the same idempotency_key.";

/** `reach` finds the server and the token for a request; it throws an error with a sentence for the client. */
export async function startForwarding(
  wire: Transport,
  reach: () => Promise<Reach>,
): Promise<{ close(): Promise<void> }> {
  const open: Open = new Map();
  const http = new StreamableHTTPClientTransport(new URL("http://banyan.invalid/mcp"), {
    fetch: async (_, init) => {
      const { url, token } = await reach();
      const headers = new Headers(init?.headers);
      headers.set("authorization", `Bearer ${token}`);
      return fetch(url, { ...init, headers });
    },
  });
  const refuse = (id: RequestId, sentence: string, code = ProtocolErrorCode.InternalError) => {
    if (!open.delete(id)) return;
    void wire.send({ jsonrpc: "2.0", id, error: { code, message: sentence } }).catch(() => undefined);
  };
  http.onmessage = (message) => {
    if ("id" in message && message.id !== undefined && !("method" in message)) {
      const isInitialize = open.get(message.id)?.isInitialize === true;
      open.delete(message.id);
      if (isInitialize && isJSONRPCResultResponse(message))
        http.setProtocolVersion(String(message.result.protocolVersion));
    }
    void wire.send(message).catch(() => undefined);
  };
  wire.onmessage = (message: JSONRPCMessage) => void forward({ http, open, refuse }, message);
  await http.start();
  await wire.start();
  return {
    async close() {
      for (const { abort } of open.values()) abort.abort();
      await http.close();
    },
  };
}

interface Forwarding {
  http: StreamableHTTPClientTransport;
  open: Open;
  refuse(id: RequestId, sentence: string, code?: number): void;
}

async function forward({ http, open, refuse }: Forwarding, message: JSONRPCMessage): Promise<void> {
  if (!isJSONRPCRequest(message)) {
    const cancelled = "method" in message && message.method === "notifications/cancelled" ? message.params : undefined;
    // Over HTTP a call is cancelled by closing its stream.
    if (cancelled) return cancel(open, cancelled.requestId as RequestId);
    return http.send(message).catch(() => undefined);
  }
  const { id, method } = message;
  const abort = new AbortController();
  open.set(id, { abort, isInitialize: method === "initialize" });
  try {
    await http.send(message, { requestSignal: abort.signal, onRequestStreamEnd: () => refuse(id, BROKEN) });
  } catch (error) {
    const { sentence, code } = failureOf(error);
    refuse(id, sentence, code);
  }
}

function cancel(open: Open, id: RequestId): void {
  const found = open.get(id);
  open.delete(id);
  found?.abort.abort();
}

/** Returns the server's own error where it sent one. */
function failureOf(error: unknown): { sentence: string; code?: number } {
  if (error instanceof UnauthorizedError) return { sentence: REFUSED };
  if (isExpected(error)) return { sentence: (error as Error).message };
  if (!(error instanceof SdkHttpError)) return { sentence: BROKEN };
  if (error.status === 401) return { sentence: REFUSED };
  return (
    told((error.data as { text?: string | null }).text) ?? {
      sentence: `Banyan refused the request with status ${error.status}.`,
    }
  );
}

/** Returns what the body of a refusal says: an error of JSON-RPC, or a problem document. */
function told(text: string | null | undefined): { sentence: string; code?: number } | null {
  try {
    const body = JSON.parse(text ?? "") as { error?: { code: number; message: string }; detail?: string };
    if (body.error) return { sentence: body.error.message, code: body.error.code };
    return body.detail === undefined ? null : { sentence: body.detail };
  } catch {
    return null;
  }
}
