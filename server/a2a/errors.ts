/** Turns failures into the protocol's errors. An internal text that is not written for people is never sent. */
import {
  A2AError,
  JsonRpcRequestMalformedError,
  RequestMalformedError,
  TaskNotFoundError,
  UnsupportedOperationError,
} from "@a2a-js/sdk/errors";
import { problemOfError } from "@/lib/http/problem";

/** The code of JSON-RPC for a request that is refused as a whole. */
const INVALID_REQUEST = -32600;

export interface Outcome {
  /** A missing permission also gives 403, as on all endpoints, so that programs need not parse the body. */
  isForbidden: boolean;
}

export function a2aErrorOf(error: unknown, outcome: Outcome): Error {
  if (error instanceof A2AError) return error;
  const known = problemOfError(error);
  if (!known) {
    console.error("The A2A endpoint failed:", error);
    return new A2AError("The server failed. Committed work is safe.");
  }
  const { status, detail } = known;
  if (status === 403) {
    outcome.isForbidden = true;
    return new JsonRpcRequestMalformedError({ message: detail, envelopeCode: INVALID_REQUEST });
  }
  if (status === 404) return new TaskNotFoundError(detail);
  if (status === 409) return new UnsupportedOperationError(detail);
  return status >= 500 ? new A2AError(detail) : new RequestMalformedError(detail);
}
