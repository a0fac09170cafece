/** Leads people from Banyan's own host to an environment, which has a host of its own. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Auth } from "@/lib/auth/auth";
import { problem } from "@/lib/http/problem";
import { sendProblem } from "./answers/send";
import type { EnvironmentDoor } from "./environments/door";
import { sendToSignIn } from "./sign-in";

/** Leads whoever may look at everything to an environment, and others to the sign-in. */
export async function openEnvironment(
  { auth, environments }: { auth: Pick<Auth, "identify">; environments: Pick<EnvironmentDoor, "open"> },
  environment: string,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const identity = await auth.identify(request);
  if (typeof identity === "string") sendToSignIn(response, url);
  else if (identity.task !== undefined)
    sendProblem(response, problem("forbidden", "This token sees one task only, and no environments."));
  else environments.open(environment, identity, request, response, url);
}
