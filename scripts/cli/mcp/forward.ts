/** Forwards the messages of an MCP client to `/mcp`, and the answers back. Both generations of the protocol pass. */
import {
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type JSONRPCNotification,
  type JSONRPCRequest,
  ProtocolErrorCode,
  type RequestId,
  SdkHttpError,
  StreamableHTTPClientTransport,
  type Transport,
  UnauthorizedError,
} from "@modelcontextprotocol/client";
import { isExpected } from "@/scripts/cli/context/failure";
import { type Asked, type Asker, canAsk, createAsker } from "./asking";
import { type ClientFolder, FOLDER_QUESTION, type FolderQuestion } from "./folder";

interface Reach {
  url: string;
  token: string;
}

/** A request that has no answer yet. */
interface OpenRequest {
  request: JSONRPCRequest;
  abort: AbortController;
  /** Whether the server gets it in the form of 2026, so that its client can be asked. */
  isTranslated: boolean;
  /** How often it returned a question and was sent again. */
  rounds: number;
  /** Reports of progress so far. Each round counts from the beginning, while the client sees one call. */
  reports: number;
}

type Open = Map<RequestId, OpenRequest>;

const REFUSED =
  "Banyan refuses this session's token: it was revoked or has expired. Restart the MCP server in your client.";
const BROKEN =
  "The connection to Banyan broke before the answer came. Work that had started continues: look with list_trees, or repeat the call with the same idempotency_key.";

interface ForwardingOptions {
  /** Finds the server and the token for a request. It throws an error with a sentence for the client. */
  reach(): Promise<Reach>;
  folder: ClientFolder;
}

export async function startForwarding(
  wire: Transport,
  { reach, folder }: ForwardingOptions,
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
  const forwarding: Forwarding = { wire, http, open, refuse, folder, asker: createAsker(wire) };
  http.onmessage = (message) => {
    const passed = answered(forwarding, message);
    if (passed) void wire.send(passed).catch(() => undefined);
  };
  wire.onmessage = (message: JSONRPCMessage) => {
    if (!forwarding.asker.hears(message)) void forward(forwarding, message);
  };
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
  wire: Transport;
  folder: ClientFolder;
  http: StreamableHTTPClientTransport;
  open: Open;
  refuse(id: RequestId, sentence: string, code?: number): void;
  asker: Asker;
}

async function forward(forwarding: Forwarding, message: JSONRPCMessage): Promise<void> {
  const { http, open, asker } = forwarding;
  if (!isJSONRPCRequest(message)) {
    const cancelled = "method" in message && message.method === "notifications/cancelled" ? message.params : undefined;
    // Over HTTP a call is cancelled by closing its stream.
    if (cancelled) return cancel(open, cancelled.requestId as RequestId);
    return http.send(message).catch(() => undefined);
  }
  const isTranslated = asker.takes(message);
  const openRequest = { request: message, abort: new AbortController(), isTranslated, rounds: 0, reports: 0 };
  open.set(message.id, openRequest);
  const passed = await askAboutFolder(forwarding, openRequest);
  if (!passed) return;
  await send(forwarding, openRequest, isTranslated ? asker.formOf(passed) : passed);
}

/** Resolves with the request to pass on; null: the client has got a question instead, or has cancelled. */
async function askAboutFolder(forwarding: Forwarding, openRequest: OpenRequest): Promise<JSONRPCRequest | null> {
  const { folder, asker, open, refuse, wire } = forwarding;
  const { request, isTranslated, abort } = openRequest;
  try {
    const { answer, rest } = answerIn(request);
    if (answer !== undefined) await folder.answered(answer);
    // A client that cannot ask gets the server's refusal, which says what to do.
    if (!isTranslated && !canAsk(request)) return rest;
    const ask = async (asked: FolderQuestion) => {
      const inputRequests = { [FOLDER_QUESTION]: asked };
      const answers = await asker.ask({ inputRequests, requestState: FOLDER_QUESTION }, abort.signal);
      return answers?.[FOLDER_QUESTION];
    };
    const question = await folder.questionFor(rest, isTranslated ? ask : undefined);
    // The client may have cancelled the call while it waited.
    if (!question) return open.get(request.id) === openRequest ? rest : null;
    const inputRequests = { [FOLDER_QUESTION]: question };
    open.delete(request.id);
    const result = { resultType: "input_required", inputRequests, requestState: FOLDER_QUESTION };
    await wire.send({ jsonrpc: "2.0", id: request.id, result } as JSONRPCMessage);
  } catch (error) {
    const { sentence, code } = failureOf(error);
    refuse(request.id, sentence, code);
  }
  return null;
}

/** Takes the answer about the folder out of a request of 2026 that repeats a call with it. */
function answerIn(request: JSONRPCRequest): { answer?: unknown; rest: JSONRPCRequest } {
  const { requestState, inputResponses, ...params } = (request.params ?? {}) as {
    requestState?: unknown;
    inputResponses?: Record<string, unknown>;
  };
  if (requestState !== FOLDER_QUESTION) return { rest: request };
  return { answer: inputResponses?.[FOLDER_QUESTION] ?? null, rest: { ...request, params } };
}

async function send({ http, refuse }: Forwarding, request: OpenRequest, message: JSONRPCRequest): Promise<void> {
  const { rounds, abort } = request;
  try {
    await http.send(message, {
      requestSignal: abort.signal,
      // The stream of a round that asked a question ends before the call does.
      onRequestStreamEnd: () => void (request.rounds === rounds && refuse(message.id, BROKEN)),
    });
  } catch (error) {
    const { sentence, code } = failureOf(error);
    refuse(message.id, sentence, code);
  }
}

/** Returns the client's form of a message from the server; null for a question, which is asked first. */
function answered(forwarding: Forwarding, message: JSONRPCMessage): JSONRPCMessage | null {
  const { http, open } = forwarding;
  if ("method" in message) return message.method === "notifications/progress" ? counted(open, message) : message;
  const request = message.id === undefined ? undefined : open.get(message.id);
  if (!request) return message;
  if (isJSONRPCResultResponse(message) && request.isTranslated) {
    const { resultType, ...result } = message.result;
    if (resultType === "input_required") {
      request.rounds += 1;
      void askAndRepeat(forwarding, request, result as unknown as Asked);
      return null;
    }
    open.delete(request.request.id);
    return { ...message, result };
  }
  open.delete(request.request.id);
  if (request.request.method === "initialize" && isJSONRPCResultResponse(message))
    http.setProtocolVersion(String(message.result.protocolVersion));
  return message;
}

async function askAndRepeat(forwarding: Forwarding, openRequest: OpenRequest, asked: Asked): Promise<void> {
  const { asker, open, refuse } = forwarding;
  const { request, abort } = openRequest;
  try {
    const answers = await asker.ask(asked, abort.signal);
    if (open.get(request.id) === openRequest)
      await send(forwarding, openRequest, asker.formOf(request, { asked, answers }));
  } catch {
    // A client that has cancelled the call or is gone gets nothing. The question stays open in Banyan.
    refuse(request.id, BROKEN);
  }
}

function counted(open: Open, message: JSONRPCNotification): JSONRPCNotification {
  const { progressToken } = message.params ?? {};
  const openRequest = [...open.values()].find(({ request }) => request.params?._meta?.progressToken === progressToken);
  if (!openRequest?.isTranslated) return message;
  openRequest.reports += 1;
  return { ...message, params: { ...message.params, progress: openRequest.reports } };
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

/** Returns the text of a refusal, from an error of JSON-RPC or a problem document. */
function told(text: string | null | undefined): { sentence: string; code?: number } | null {
  try {
    const body = JSON.parse(text ?? "") as { error?: { code: number; message: string }; detail?: string };
    if (body.error) return { sentence: body.error.message, code: body.error.code };
    return body.detail === undefined ? null : { sentence: body.detail };
  } catch {
    return null;
  }
}
