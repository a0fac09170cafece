/** Why the body of a request was not taken. */
import { BodyNotUtf8, BodyTooLarge, MAX_BODY_BYTES } from "@/lib/http/body";
import { type Problem, problem } from "@/lib/http/problem";

/** Returns the answer to what `readBody` threw. */
export function bodyRefusal(error: unknown, limitBytes = MAX_BODY_BYTES): Problem {
  if (error instanceof BodyTooLarge) return tooLarge(limitBytes);
  if (error instanceof BodyNotUtf8)
    return problem("invalid-request", "The body is not UTF-8 text: encode it in UTF-8, and send it again.");
  return problem("invalid-request", "The body did not arrive completely.");
}

export function tooLarge(limitBytes: number): Problem {
  const larger = `The request is larger than ${Math.floor(limitBytes / 1_000_000)} MB.`;
  const advice = "Put long text into a file in the workspace and name the file.";
  return problem("too-large", limitBytes > MAX_BODY_BYTES ? larger : `${larger} ${advice}`);
}
