/** Refuses requests without a key where the document asks for one. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { isNode, type Node, type Part, partAt } from "./document.ts";
import { cookiesIn } from "./parameters.ts";
import { Problem } from "./problem.ts";

type Present = (request: FastifyRequest) => string | undefined;

/** Returns a check that throws a Problem. One of the document's alternatives has to be met with a known key. */
export function keyCheck(document: Node, operation: Part, apiKeys: string[]): (request: FastifyRequest) => void {
  const security = operation.node.security ?? document.security;
  const alternatives = Array.isArray(security) ? security.filter(isNode) : [];
  if (alternatives.length === 0 || alternatives.some((names) => Object.keys(names).length === 0)) return () => {};
  const known = apiKeys.map(digest);
  const isKnown = (key: string | undefined) => key !== undefined && known.some((one) => timingSafeEqual(one, digest(key)));
  const checks = alternatives.map((names) => Object.keys(names).map((name) => keyIn(document, name)));
  return (request) => {
    if (checks.some((keys) => keys.every((key) => isKnown(key(request))))) return;
    throw new Problem(401, "The request needs a valid key.");
  };
}

/** Digests have one length, and comparing them tells nothing about the key. */
function digest(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

function keyIn(document: Node, name: string): Present {
  const components = partAt(document, { node: document, pointer: "#" }, "components");
  const schemes = components && partAt(document, components, "securitySchemes");
  const scheme = (schemes && partAt(document, schemes, name))?.node ?? {};
  if (scheme.type === "apiKey") return apiKeyIn(String(scheme.in), String(scheme.name));
  if (scheme.type === "http" && String(scheme.scheme).toLowerCase() === "basic") return passwordIn;
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
