/**
 * What the MCP endpoint tells a client without a valid token. People create the tokens, so there is no OAuth: the
 * metadata (RFC 9728) names no authorization server, and the addresses that clients then try say so at once instead of
 * leading to a page.
 */
import type { ServerResponse } from "node:http";
import { problem } from "@/lib/http/problem";
import { typeOf } from "@/lib/http/problem-kinds";
import { HOW_TO_ENTER, sendJson, sendProblem, sendUnauthorized } from "../answers/send";

const RESOURCE_METADATA_PATH = "/.well-known/oauth-protected-resource";

const OAUTH = /^\/(register|\.well-known\/(oauth-authorization-server|openid-configuration)(\/.*)?)$/;

/** Returns whether a client asks at this address for an authorization server, or registers there. */
export function isOfOauth({ pathname }: URL): boolean {
  return OAUTH.test(pathname);
}

export function sendNoOauth(response: ServerResponse): void {
  sendProblem(response, problem("not-found", `Banyan has no OAuth. ${HOW_TO_ENTER}`));
}

/** Returns whether the metadata of the MCP endpoint is at this address. */
export function isOfMetadata({ pathname }: URL): boolean {
  return pathname === RESOURCE_METADATA_PATH || pathname === `${RESOURCE_METADATA_PATH}/mcp`;
}

/** `base` is the server's own address. */
export function sendMetadata(response: ServerResponse, base: string): void {
  sendJson(response, 200, {
    resource: `${base}/mcp`,
    resource_name: "Banyan",
    bearer_methods_supported: ["header"],
    resource_documentation: `${base}${typeOf("unauthorized")}`,
  });
}

export function sendTokenNeeded(response: ServerResponse, base: string): void {
  const metadata = `${base}${RESOURCE_METADATA_PATH}/mcp`;
  sendUnauthorized(response, `Bearer realm="Banyan", resource_metadata="${metadata}"`);
}
