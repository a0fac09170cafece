/** Deliveries of forges' webhooks. They are signed by the forge, so they come without a token of Banyan's. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { createFailedTokens } from "@/lib/auth/failed-tokens";
import { BodyNotUtf8, BodyTooLarge, readBody } from "@/lib/http/body";
import { problem } from "@/lib/http/problem";
import { sendProblem, sendText, takesMethod } from "./answers/send";

const PATH = /^\/hooks\/forges\/([^/]+)$/;

/** Takes a delivery; resolves with whether it was signed with the secret of the project. */
export type TakeDelivery = (delivery: {
  project: string;
  headers: IncomingHttpHeaders;
  body: string;
}) => Promise<boolean>;

export interface ForgeHookDoor {
  isOf(url: URL): boolean;
  answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
}

export function createForgeHookDoor(take: TakeDelivery, now = Date.now): ForgeHookDoor {
  const failed = createFailedTokens(now);
  return {
    isOf: (url) => PATH.test(url.pathname),
    async answer(request, response, url) {
      const project = PATH.exec(url.pathname)?.[1] ?? "";
      if (!takesMethod(request, response, ["POST"])) return;
      try {
        const body = await readBody(request);
        if (await take({ project, headers: request.headers, body })) return sendText(response, 202, "Taken.\n");
        if (failed.isTooMany(request.socket.remoteAddress ?? "")) {
          response.setHeader("retry-after", "60");
          return sendProblem(
            response,
            problem("too-many-requests", "Too many deliveries had no right signature: wait a minute."),
          );
        }
        // The same for a project that is not there or has no forge, so that nobody learns which there are.
        sendProblem(
          response,
          problem("unauthorized", "The delivery is not signed with the secret of this project's forge."),
        );
      } catch (error) {
        if (error instanceof BodyNotUtf8)
          return sendProblem(response, problem("invalid-request", "The delivery is not UTF-8 text."));
        if (!(error instanceof BodyTooLarge)) throw error;
        sendProblem(
          response,
          problem("too-large", "The delivery is larger than 1 MB: let the webhook send fewer events."),
        );
      }
    },
  };
}
