/** The scripted provider's list of models, as each of the two services answers it. */
import type { IncomingMessage, ServerResponse } from "node:http";

export interface ListedModels {
  names: string[];
  /** The only key that is accepted; absent: any, and none. */
  key?: string;
}

/** Whether the request was one for the list, which is answered then. */
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
