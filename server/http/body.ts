/** Reads the body of a request, with a limit that its address sets. */
import type { IncomingMessage } from "node:http";
import { MAX_BODY_BYTES, readBody } from "@/lib/http/body";
import { type Problem, problem } from "@/lib/http/problem";
import { beyondBounds } from "@/lib/net/bounded-json";
import { MOST_DOCUMENT_BYTES } from "@/lib/openapi/types";
import { bodyRefusal } from "./body-refusal";

const TAKES_DOCUMENTS = /^(\/api\/v1\/apis(\/preview)?|\/tools(\/.*)?)$/;

/** A text in JSON has a sign more for each line end and each quotation mark. */
const MOST_WITH_DOCUMENT = 2 * MOST_DOCUMENT_BYTES + MAX_BODY_BYTES;

/** Where a description of a web API may be sent as text, the body holds the largest that is read from an address. */
export function bodyLimitOf({ pathname }: URL): number {
  return TAKES_DOCUMENTS.test(pathname) ? MOST_WITH_DOCUMENT : MAX_BODY_BYTES;
}

export class Refused {
  constructor(readonly problem: Problem) {}
}

/** Returns the parsed body; undefined for methods without a body and for an empty body. */
export async function jsonBody(request: IncomingMessage, limit: number): Promise<unknown> {
  const text = await textBody(request, limit);
  if (text instanceof Refused || text === "") return text === "" ? undefined : text;
  const fault = beyondBounds(text, limit > MAX_BODY_BYTES ? { characters: limit } : {});
  if (fault !== null) return new Refused(problem("invalid-request", `The body is refused: ${fault}.`));
  try {
    return JSON.parse(text);
  } catch {
    return new Refused(problem("invalid-request", "The body is not valid JSON."));
  }
}

/** Returns the body as text; an empty one for methods without a body. */
export async function textBody(request: IncomingMessage, limit: number): Promise<string | Refused> {
  if (request.method !== "POST" && request.method !== "PUT") return "";
  try {
    return await readBody(request, limit);
  } catch (error) {
    return new Refused(bodyRefusal(error, limit));
  }
}
