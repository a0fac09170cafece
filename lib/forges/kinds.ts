/** The forges that Banyan speaks with. Another kind is a client, and a line here. */
import type { IncomingHttpHeaders } from "node:http";
import type { ForgeKind } from "@/core/shapes/forges";
import { createGitea, isSignedByGitea } from "./gitea";
import { createGithub, isSignedByGithub } from "./github";
import type { ClientOptions, ForgePort } from "./port";

interface ForgeClient {
  create(options: ClientOptions): ForgePort;
  /** Whether a delivery of its webhook is signed with this secret. */
  isSigned(headers: IncomingHttpHeaders, body: string, secret: string): boolean;
}

const CLIENTS: Record<ForgeKind, ForgeClient> = {
  github: { create: createGithub, isSigned: isSignedByGithub },
  gitea: { create: createGitea, isSigned: isSignedByGitea },
};

export function clientOf(kind: ForgeKind): ForgeClient {
  return CLIENTS[kind];
}
