/** Signs requests with a secret of the vault. */
import { McpFailure } from "@/lib/mcp/config/errors";
import type { ApiAuth } from "./types";

/** Returns the headers that sign a request. `who` begins a sentence: "The API pets". Rejects with a McpFailure. */
export async function authHeaders(
  who: string,
  auth: ApiAuth,
  secretOf: (name: string) => Promise<string | undefined>,
): Promise<Record<string, string>> {
  if (auth.kind === "none") return {};
  const secret = await secretOf(auth.secret);
  if (secret === undefined)
    throw new McpFailure("unavailable", `${who} needs the secret ${auth.secret}, which has no value yet.`);
  const [header, value] = signedBy(auth, secret);
  // The runtime's own error would quote the value.
  if (/[^\t\x20-\x7e]/.test(value))
    throw new McpFailure("unavailable", `The secret ${auth.secret} has characters that headers do not allow.`);
  return { [header.toLowerCase()]: value };
}

function signedBy(auth: Exclude<ApiAuth, { kind: "none" }>, secret: string): [string, string] {
  if (auth.kind === "header") return [auth.name, secret];
  if (auth.kind === "bearer") return ["authorization", `Bearer ${secret}`];
  return ["authorization", `Basic ${Buffer.from(secret).toString("base64")}`];
}
