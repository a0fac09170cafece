/** Why the body of a request was not taken. */
import { BodyNotUtf8, BodyTooLarge } from "@/lib/http/body";
import { type Problem, problem } from "@/lib/http/problem";

/** Returns the answer to what `readBody` threw. */
export function bodyRefusal(error: unknown): Problem {
  if (error instanceof BodyTooLarge) return tooLarge();
  if (error instanceof BodyNotUtf8)
    return problem("invalid-request", "The body is not UTF-8 text: encode it in UTF-8, and send it again.");
  return problem("invalid-request", "The body did not arrive completely.");
}

export function tooLarge(): Problem {
  return problem(
    "too-large",
    "The request is larger than 1 MB. Put long text into a file in the workspace and name the file.",
  );
}
