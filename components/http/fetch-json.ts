import type { Page } from "@/core/shapes/shapes";

/** An error of the API. Its message is the sentence of the problem document. */
export class ApiError extends Error {
  override name = "ApiError";
}

/** Returns the body of a GET request to the HTTP API. Rejects with an `ApiError`, whose message is for the user. */
export async function fetchJson<Body>(path: string, signal?: AbortSignal): Promise<Body> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v1/${path}`, { signal, headers: { accept: "application/json" } });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError("The server does not answer. Try again when the connection is back.");
  }
  if (answer.status === 401) throw new ApiError("You are signed out. Sign in again.");
  const body = (await answer.json().catch(() => null)) as Body | { detail?: string } | null;
  signal?.throwIfAborted();
  if (answer.ok && body !== null) return body as Body;
  const detail = body && typeof body === "object" && "detail" in body ? body.detail : undefined;
  throw new ApiError(detail ?? "The server could not answer. Reload the page.");
}

/** Returns the items of all pages of a list, which it reads one after the other. */
export async function fetchAll<Item>(path: string, signal?: AbortSignal): Promise<Item[]> {
  const items: Item[] = [];
  let page = await fetchJson<Page<Item>>(path, signal);
  items.push(...page.items);
  while (page.next !== null) {
    const after = `${path.includes("?") ? "&" : "?"}after=${page.next}`;
    page = await fetchJson<Page<Item>>(`${path}${after}`, signal);
    items.push(...page.items);
  }
  return items;
}
