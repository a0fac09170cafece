/**
 * Asks the person at a client of a protocol version before 2026. The server keeps no connection over which it could
 * ask, so such a client's calls are sent to it in the form of 2026-07-28. There a question ends the call, and the call
 * is repeated with the answers; the client sees one call and `elicitation/create`.
 */
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  isJSONRPCRequest,
  type JSONRPCMessage,
  type JSONRPCRequest,
  PROTOCOL_VERSION_META_KEY,
  type RequestId,
  type Transport,
} from "@modelcontextprotocol/client";

const VERSION = "2026-07-28";
const IDS = "banyan-question-";

/** The result of a call that asks. */
export interface Asked {
  inputRequests: Record<string, { method: string; params?: Record<string, unknown> }>;
  requestState: string;
}

/** The answers to the questions; null when the client could not ask. */
type Answers = Record<string, unknown> | null;

export interface Asker {
  /** Takes note of a message of the client. Returns whether it was an answer to a question. */
  hears(message: JSONRPCMessage): boolean;
  /** Whether this request is sent in the form of 2026. */
  takes(request: JSONRPCRequest): boolean;
  /** Returns the request in the form of 2026: the first time, or with the answers to what was asked. */
  formOf(request: JSONRPCRequest, round?: { asked: Asked; answers: Answers }): JSONRPCRequest;
  /** Asks the questions one after the other. Rejects when the call ends meanwhile. */
  ask(asked: Asked, signal: AbortSignal): Promise<Answers>;
}

type Answer = { result: unknown } | { error: unknown };

export function createAsker(wire: Pick<Transport, "send">): Asker {
  let clientInfo: unknown = null;
  let canBeAsked = false;
  let questions = 0;
  const waiting = new Map<RequestId, (answer: Answer) => void>();

  async function askOne(params: Record<string, unknown>, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    questions += 1;
    const id = `${IDS}${questions}`;
    const answer = new Promise<Answer>((resolve, reject) => {
      waiting.set(id, resolve);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    try {
      await wire.send({ jsonrpc: "2.0", id, method: "elicitation/create", params });
      return await answer;
    } catch (error) {
      const cancelled = { requestId: id, reason: "The call has ended." };
      await wire.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: cancelled }).catch(() => undefined);
      throw error;
    } finally {
      waiting.delete(id);
    }
  }

  return {
    hears(message) {
      if (isJSONRPCRequest(message) && message.method === "initialize") {
        const { capabilities, clientInfo: info } = (message.params ?? {}) as Initialize;
        clientInfo = info ?? null;
        canBeAsked = takesForms(capabilities?.elicitation);
      }
      if ("method" in message || message.id === undefined) return false;
      const answered = waiting.get(message.id);
      answered?.(message);
      return answered !== undefined;
    },
    takes: ({ method }) => canBeAsked && method === "tools/call",
    formOf({ params, ...request }, round) {
      const envelope = {
        [PROTOCOL_VERSION_META_KEY]: VERSION,
        [CLIENT_INFO_META_KEY]: clientInfo,
        // Without this capability the server returns the question instead of asking it.
        [CLIENT_CAPABILITIES_META_KEY]: round?.answers === null ? {} : { elicitation: {} },
      };
      const more = round && { requestState: round.asked.requestState, inputResponses: round.answers ?? {} };
      return { ...request, params: { ...params, ...more, _meta: { ...params?._meta, ...envelope } } };
    },
    async ask({ inputRequests }, signal) {
      const answers: Record<string, unknown> = {};
      for (const [key, { params = {} }] of Object.entries(inputRequests)) {
        // Older versions know only this mode, and have no word for it.
        const { mode: _, ...form } = params;
        const answer = await askOne(form, signal);
        if ("error" in answer) return null;
        answers[key] = answer.result;
      }
      return answers;
    },
  };
}

interface Elicitation {
  form?: unknown;
  url?: unknown;
}

interface Initialize {
  clientInfo?: unknown;
  capabilities?: { elicitation?: Elicitation };
}

/** Whether a client of 2026 that sends this request can ask its person. */
export function canAsk({ params }: JSONRPCRequest): boolean {
  const meta = params?._meta as Record<string, { elicitation?: Elicitation }> | undefined;
  return takesForms(meta?.[CLIENT_CAPABILITIES_META_KEY]?.elicitation);
}

function takesForms(elicitation: Elicitation | undefined): boolean {
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}
