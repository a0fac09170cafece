/** An outside agent on the loopback whose card and answers a test decides. */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type { ServerResponse } from "node:http";
import { AgentCard, generateAgentCardSignature } from "@a2a-js/sdk";
import { type HttpFixture, sendJson, startHttp } from "@/lib/mcp/testing/http-server";

export interface AskedOfAgent {
  method: string;
  params: Record<string, unknown>;
  id: number;
  authorization: string | undefined;
}

export interface AgentFixture extends HttpFixture {
  asked: AskedOfAgent[];
  /** What it does from now on. */
  now: {
    card: unknown;
    keys: unknown;
    /** Answers one request of JSON-RPC. */
    answer(asked: AskedOfAgent, response: ServerResponse): unknown;
    /** Answers the request for the card itself. */
    sendCard?(response: ServerResponse): unknown;
  };
}

export async function startAgent(): Promise<AgentFixture> {
  const asked: AskedOfAgent[] = [];
  const now: AgentFixture["now"] = {
    card: {},
    keys: { keys: [] },
    answer: (received, response) => result(received, response, { task: taskOf("t1") }),
  };
  const server = await startHttp((request, body, response) => {
    if (request.url === "/.well-known/agent-card.json")
      return now.sendCard ? now.sendCard(response) : sendJson(response, 200, now.card);
    if (request.url === "/keys.json") return sendJson(response, 200, now.keys);
    if (request.url !== "/a2a") return sendJson(response, 404, {});
    const { method, params, id } = JSON.parse(body) as AskedOfAgent;
    const received = { method, params, id, authorization: request.headers.authorization };
    asked.push(received);
    return now.answer(received, response);
  });
  const fixture = Object.assign(server, { asked, now });
  now.card = cardOf(fixture);
  return fixture;
}

/** Returns a card that is not signed. */
export function cardOf({ origin }: Pick<HttpFixture, "origin">, more: Record<string, unknown> = {}) {
  return {
    name: "Scanners Inc.",
    description: "Scans.",
    version: "1.0.0",
    supportedInterfaces: [{ url: `${origin}/a2a`, protocolBinding: "JSONRPC", protocolVersion: "1.0" }],
    capabilities: { streaming: false },
    defaultInputModes: ["text/plain"],
    defaultOutputModes: ["text/plain"],
    skills: [
      { id: "scan", name: "Scan", description: "Scans code.", tags: ["code"] },
      { id: "sell:all", name: "Sell", description: "Sells code.", tags: ["code"] },
    ],
    ...more,
  };
}

export interface Signing {
  key: KeyObject;
  /** The public key as it is published. */
  jwk: Record<string, unknown>;
}

export function newSigning(kid = "one"): Signing {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { key: privateKey, jwk: { ...publicKey.export({ format: "jwk" }), kid, alg: "ES256" } };
}

/** Returns the signed card, whose key is at `/keys.json` of the agent. */
export async function signedCard(card: unknown, { origin }: Pick<HttpFixture, "origin">, { key, jwk }: Signing) {
  const header = { alg: "ES256", kid: String(jwk.kid), typ: "JOSE", jku: `${origin}/keys.json` };
  return AgentCard.toJSON(await generateAgentCardSignature(key, header)(AgentCard.fromJSON(card)));
}

export function taskOf(id: string, state = "TASK_STATE_COMPLETED", text = "No faults.") {
  const parts = [{ text, mediaType: "text/plain" }];
  const said = { messageId: "s1", role: "ROLE_AGENT", parts };
  const isDone = state === "TASK_STATE_COMPLETED";
  return {
    id,
    contextId: "c1",
    status: { state, ...(isDone ? {} : { message: said }) },
    ...(isDone && { artifacts: [{ artifactId: "a1", name: "report", parts }] }),
  };
}

/** Answers a request: a task is wrapped as the method wants it. */
export function result({ id, method }: AskedOfAgent, response: ServerResponse, value: { task: unknown }): void {
  const wrapped = method === "SendMessage" ? value : value.task;
  sendJson(response, 200, { jsonrpc: "2.0", id, result: wrapped });
}

/** Sends an event of a stream; the first also sends the headers. */
export function event({ id }: AskedOfAgent, response: ServerResponse, value: unknown): boolean {
  if (!response.headersSent) response.writeHead(200, { "content-type": "text/event-stream" });
  return response.write(`data: ${JSON.stringify({ jsonrpc: "2.0", id, result: value })}\n\n`);
}
