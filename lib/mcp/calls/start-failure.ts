import { SdkError, SdkErrorCode, SdkHttpError } from "@modelcontextprotocol/client";
import { z } from "zod";
import { McpFailure, reasonOf } from "@/lib/mcp/config/errors";
import { httpReason } from "./ask";
import type { ConnectionOptions, OpenedTransport } from "./connection-options";

/** Returns why a server could not be started or reached, as a sentence. */
export function startFailure(
  { server, verb, limits: { startMs } }: Pick<ConnectionOptions, "server" | "verb" | "limits">,
  given: unknown,
  opened: OpenedTransport | undefined,
  isLate: boolean,
): McpFailure {
  const error = causeOf(given);
  if (error instanceof McpFailure) return error;
  if (isLate || codeOf(error) === SdkErrorCode.RequestTimeout) {
    const lastOutput = opened?.lastWords();
    return new McpFailure(
      "unavailable",
      `The server ${server} did not answer within ${startMs / 1_000} s of its start${lastOutput ? `; its output: ${lastOutput}` : ""}.`,
    );
  }
  const ending = opened?.whyClosed();
  if (ending) return new McpFailure("unavailable", `The server ${server} could not be ${verb}: it ${ending}.`);
  if (error instanceof z.core.$ZodError || codeOf(error) === SdkErrorCode.InvalidResult)
    return new McpFailure("misbehaved", `The server ${server} answered its start with an invalid message.`);
  const reason = error instanceof SdkHttpError ? httpReason(error) : reasonOf(error);
  return new McpFailure("unavailable", `The server ${server} could not be ${verb}: ${reason}.`);
}

/** The SDK wraps a failure of the first request; what failed says more. */
function causeOf(error: unknown): unknown {
  const isWrapped = codeOf(error) === SdkErrorCode.EraNegotiationFailed && !(error instanceof SdkHttpError);
  return isWrapped ? ((error as SdkError).cause ?? error) : error;
}

function codeOf(error: unknown): SdkErrorCode | undefined {
  return error instanceof SdkError ? error.code : undefined;
}
