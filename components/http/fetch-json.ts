/** A failure of the API, with the sentence of its problem document. */
export class ApiError extends Error {
  override name = "ApiError";
}

/** Reads from the HTTP API. Rejects with `ApiError`, whose message is a sentence for a person. */
export async function fetchJson<Body>(path: string, signal?: AbortSignal): Promise<Body> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v1/${path}`, { signal, headers: { accept: "application/json" } });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError("The server does not answer; try again when the connection is back.");
  }
  if (answer.status === 401) throw new ApiError("You are signed out: sign in again.");
  const body = (await answer.json().catch(() => null)) as Body | { detail?: string } | null;
  signal?.throwIfAborted();
  if (answer.ok && body !== null) return body as Body;
  const detail = body && typeof body === "object" && "detail" in body ? body.detail : undefined;
  throw new ApiError(detail ?? "The server could not answer; reload the page.");
}
