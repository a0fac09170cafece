import type { Page } from "@/core/shapes/shapes";
import type { AnswerTo, ItemOf, Known } from "./answer-to";
import { otherAnswer } from "./other-answer";

/** An error of the API. Its message is the sentence of the problem document. */
export class ApiError extends Error {
  override name = "ApiError";
}

/** As `fetchJson`, for hooks: whoever calls them has given a known address. */
export async function fetchBody(path: string, signal?: AbortSignal): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v1/${path}`, { signal, headers: { accept: "application/json" } });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError("The server does not answer. Try again when the connection is back.");
  }
  if (answer.status === 401) throw new ApiError("You are signed out. Sign in again.");
  const body: unknown = await answer.json().catch(() => null);
  signal?.throwIfAborted();
  if (answer.ok && body !== null) return body;
  const detail = body && typeof body === "object" && "detail" in body ? (body.detail as string) : undefined;
  throw new ApiError(detail ?? otherAnswer(answer.status));
}

/**
 * Returns the body of a GET request to the HTTP API; its type follows from the path, which may have a query. Rejects with an
 * `ApiError`, whose message is for the user.
 */
export function fetchJson<const Path extends string>(
  path: Path & Known<Path>,
  signal?: AbortSignal,
): Promise<AnswerTo<Path>> {
  return fetchBody(path, signal) as Promise<AnswerTo<Path>>;
}

/** Returns the items of all pages of a list, which it reads one after the other. */
export async function fetchAll<const Path extends string>(
  path: Path & Known<Path>,
  signal?: AbortSignal,
): Promise<ItemOf<Path>[]> {
  const first: string = path;
  const items: ItemOf<Path>[] = [];
  let address: string | null = first;
  while (address !== null) {
    const page = (await fetchBody(address, signal)) as Page<ItemOf<Path>>;
    items.push(...page.items);
    address = page.next === null ? null : `${first}${first.includes("?") ? "&" : "?"}after=${page.next}`;
  }
  return items;
}
