/** Refuses requests without a key where the document asks for one. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { isNode, type Node, type Part, partAt } from "./document.ts";
import { cookiesIn } from "./parameters.ts";
import { Problem } from "./problem.ts";

type Present = (request: FastifyRequest) => string | undefined;

/** Throws a Problem for a request that may not go on. */
export type KeyCheck = (request: FastifyRequest, reply: FastifyReply) => void;

/** Returns a check of keys. One of the document's alternatives has to be met with a known key. */
export function keyCheck(document: Node, operation: Part, apiKeys: string[]): KeyCheck {
  const security = operation.node.security ?? document.security;
  const alternatives = Array.isArray(security) ? security.filter(isNode) : [];
  if (alternatives.length === 0 || alternatives.some((names) => Object.keys(names).length === 0)) return () => {};
  const known = apiKeys.map(digest);
  const isKnown = (key: string | undefined) => key !== undefined && known.some((one) => timingSafeEqual(one, digest(key)));
  const schemes = alternatives.map((names) => Object.keys(names).map((name) => schemeCalled(document, name)));
  const checks = schemes.map((all) => all.map(keyIn));
  const challenges = [...new Set(schemes.flat().map(challengeOf))];
  return (request, reply) => {
    if (checks.some((keys) => keys.every((key) => isKnown(key(request))))) return;
    reply.header("www-authenticate", challenges.join(", "));
    throw new Problem(401, "The request needs a valid key.");
  };
}

/** Digests have one length, and comparing them tells nothing about the key. */
function digest(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

function schemeCalled(document: Node, name: string): Node {
  const components = partAt(document, { node: document, pointer: "#" }, "components");
  const schemes = components && partAt(document, components, "securitySchemes");
  return (schemes && partAt(document, schemes, name))?.node ?? {};
}

function isBasic({ type, scheme }: Node): boolean {
  return type === "http" && String(scheme).toLowerCase() === "basic";
}

/** Says how a caller shows who it is. Keys in a place of their own have no scheme that is registered. */
function challengeOf(scheme: Node): string {
  if (scheme.type === "apiKey") return "ApiKey";
  return isBasic(scheme) ? 'Basic realm="service", charset="UTF-8"' : "Bearer";
}

function keyIn(scheme: Node): Present {
  if (scheme.type === "apiKey") return apiKeyIn(String(scheme.in), String(scheme.name));
  if (isBasic(scheme)) return passwordIn;
  // Tokens of OAuth and OpenID Connect arrive as bearer tokens too.
  return scheme.type === "mutualTLS" ? () => undefined : bearerIn;
}

function apiKeyIn(place: string, name: string): Present {
  if (place === "header") return (request) => [request.headers[name.toLowerCase()]].flat()[0];
  if (place === "cookie") return (request) => cookiesIn(request).get(name) ?? undefined;
  return (request) => new URL(request.raw.url ?? "/", "http://localhost").searchParams.get(name) ?? undefined;
}

function bearerIn({ headers }: FastifyRequest): string | undefined {
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? "")?.[1];
}

/** Any user name is taken: the key is the password. */
function passwordIn({ headers }: FastifyRequest): string | undefined {
  const coded = /^Basic (\S+)$/i.exec(headers.authorization ?? "")?.[1];
  if (coded === undefined) return undefined;
  const plain = Buffer.from(coded, "base64").toString("utf8");
  return plain.slice(plain.indexOf(":") + 1);
}
