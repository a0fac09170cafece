/** Checks the signature of a card (JWS over its canonical JSON) with a key that its signer publishes. */
import { createHash, createPublicKey, type JsonWebKey, type KeyObject, verify } from "node:crypto";
import { type AgentCard, canonicalizeAgentCard } from "@a2a-js/sdk";

export interface Signer {
  /** Thumbprint of the key. */
  key: string;
  /** Where the key was read. */
  keysAt: string;
}

const HASHES: Record<string, string | null> = { ES256: "sha256", ES384: "sha384", RS256: "sha256", EdDSA: null };
const CURVES: Record<string, string> = { ES256: "P-256", ES384: "P-384" };
/** An honest card has one signature. */
const MOST_SIGNATURES = 5;

interface Header {
  alg: string;
  kid: string;
  jku: string;
}

/**
 * Returns who signed the card: the first signature that holds. Null when none does. `keysOf` reads the keys (a JSON Web
 * Key Set) at an address.
 */
export async function signerOf(card: AgentCard, keysOf: (url: string) => Promise<unknown>): Promise<Signer | null> {
  const payload = Buffer.from(canonicalizeAgentCard(card)).toString("base64url");
  for (const signature of card.signatures.slice(0, MOST_SIGNATURES)) {
    const header = headerOf(signature.protected);
    if (!header) continue;
    const jwk = keyIn(await keysOf(header.jku), header);
    const key = jwk && publicKeyOf(jwk, header.alg);
    if (key && holds(key, header.alg, `${signature.protected}.${payload}`, signature.signature)) {
      const der = key.export({ type: "spki", format: "der" });
      return { key: createHash("sha256").update(der).digest("base64url"), keysAt: header.jku };
    }
  }
  return null;
}

function headerOf(encoded: string): Header | null {
  try {
    const header = JSON.parse(Buffer.from(encoded, "base64url").toString()) as Record<string, unknown>;
    const { alg, kid, jku } = header;
    if (typeof alg !== "string" || !Object.hasOwn(HASHES, alg) || typeof kid !== "string") return null;
    // Critical extensions have to be understood, and this code knows none.
    if (typeof jku !== "string" || "crit" in header) return null;
    return { alg, kid, jku };
  } catch {
    return null;
  }
}

function keyIn(set: unknown, { kid, alg }: Header): JsonWebKey | null {
  const { keys } = (typeof set === "object" && set !== null ? set : {}) as { keys?: unknown };
  const found: unknown = Array.isArray(keys) ? keys.find((key) => key?.kid === kid) : null;
  if (typeof found !== "object" || found === null) return null;
  const key = found as JsonWebKey;
  return key.alg === undefined || key.alg === alg ? key : null;
}

function publicKeyOf(jwk: JsonWebKey, alg: string): KeyObject | null {
  const { kty, crv } = jwk;
  const fits = alg === "EdDSA" ? kty === "OKP" : alg === "RS256" ? kty === "RSA" : kty === "EC" && crv === CURVES[alg];
  if (!fits) return null;
  try {
    return createPublicKey({ key: jwk, format: "jwk" });
  } catch {
    return null;
  }
}

function holds(key: KeyObject, alg: string, signed: string, signature: string): boolean {
  try {
    const bytes = Buffer.from(signature, "base64url");
    return verify(HASHES[alg] ?? null, Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" }, bytes);
  } catch {
    return false;
  }
}
