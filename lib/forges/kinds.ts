/** The forges that Banyan speaks with. Another kind is a client, and a line here. */
import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { ForgeKind } from "@/core/shapes/forges";
import { createGitea, isSignedByGitea } from "./gitea";
import { createGithub, isSignedByGithub } from "./github";
import { createGitlab } from "./gitlab";
import { isSignedByGitlab, newSigningToken } from "./gitlab-hook";
import type { ClientOptions, ForgePort } from "./port";

interface ForgeClient {
  create(options: ClientOptions): ForgePort;
  /** Whether a delivery of its webhook is signed with this secret. */
  isSigned(headers: IncomingHttpHeaders, body: string, secret: string): boolean;
  /** Makes a secret for its webhook. */
  newSecret(): string;
}

const newSecret = () => randomBytes(24).toString("base64url");

const CLIENTS: Record<ForgeKind, ForgeClient> = {
  github: { create: createGithub, isSigned: isSignedByGithub, newSecret },
  gitea: { create: createGitea, isSigned: isSignedByGitea, newSecret },
  gitlab: { create: createGitlab, isSigned: isSignedByGitlab, newSecret: newSigningToken },
};

export function clientOf(kind: ForgeKind): ForgeClient {
  return CLIENTS[kind];
}
