import { ApiError } from "./fetch-json";
import { otherAnswer } from "./other-answer";

/** Sends a request that may take minutes. Unlike a server action, it can be cancelled and blocks no other action. */
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
    throw new ApiError("The server did not answer. Your text is kept; try again when the connection is back.");
  }
  if (answer.status === 401) throw new ApiError("You are signed out. Sign in again.");
  const reply = (await answer.json().catch(() => null)) as Body | { detail?: string } | null;
  if (answer.ok && reply !== null) return reply as Body;
  const detail = reply && typeof reply === "object" && "detail" in reply ? reply.detail : undefined;
  throw new ApiError(detail ?? otherAnswer(answer.status));
}
