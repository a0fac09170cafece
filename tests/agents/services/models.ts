/** The scripted provider's list of models, as each of the two services answers it. */
import type { IncomingMessage, ServerResponse } from "node:http";

export interface ListedModels {
  names: string[];
  /** The only key that is accepted; absent: any, and none. */
  key?: string;
}

/** Returns whether the request asked for the list; then it is answered. */
export function answerModels(incoming: IncomingMessage, response: ServerResponse, models?: ListedModels): boolean {
  if (!models || incoming.method !== "GET" || incoming.url?.split("?")[0] !== "/v1/models") return false;
  const { authorization, "x-api-key": own } = incoming.headers;
  const isAccepted = models.key === undefined || [own, authorization?.replace(/^Bearer /, "")].includes(models.key);
  const body = isAccepted
    ? { data: models.names.map((id) => ({ id, type: "model" })) }
    : { error: { type: "authentication_error", message: "invalid x-api-key" } };
  response.writeHead(isAccepted ? 200 : 401, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
  return true;
}

/** Returns whether the request asked Ollama about a model; then it is answered. Every model thinks except those named `plain`. */
export function answerShow(incoming: IncomingMessage, response: ServerResponse): boolean {
  if (incoming.method !== "POST" || incoming.url !== "/api/show") return false;
  let text = "";
  incoming.on("data", (chunk) => {
    text += String(chunk);
  });
  incoming.on("end", () => {
    const model = String((JSON.parse(text) as { model?: unknown }).model);
    const isKnown = !model.startsWith("absent");
    const capabilities = ["completion", "tools", ...(model.includes("plain") ? [] : ["thinking"])];
    const facts = { capabilities, model_info: { "general.architecture": "qwen3", "qwen3.context_length": 262_144 } };
    response.writeHead(isKnown ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(isKnown ? facts : { error: `model '${model}' not found` }));
  });
  return true;
}
