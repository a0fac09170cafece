import { ApiError } from "./fetch-json";

/** Has the HTTP API do something that may take minutes: unlike an action, it keeps no other waiting and can be called off. */
export async function sendJson<Body>(
  method: "POST" | "PUT",
  path: string,
  body: unknown,
  { signal, headers = {} }: { signal?: AbortSignal; headers?: Record<string, string> } = {},
): Promise<Body> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v1/${path}`, {
      method,
      signal,
      headers: { accept: "application/json", "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError("The server did not answer. What you typed is kept; try again when the connection is back.");
  }
  if (answer.status === 401) throw new ApiError("You are signed out: sign in again.");
  const said = (await answer.json().catch(() => null)) as Body | { detail?: string } | null;
  if (answer.ok && said !== null) return said as Body;
  const detail = said && typeof said === "object" && "detail" in said ? said.detail : undefined;
  throw new ApiError(detail ?? "The server could not answer; reload the page.");
}
