/** What commands for web APIs and outside agents share: names, and how requests are signed. */
import { wrongField } from "@/agents/application";
import { isDistinctServerName, NO_NAMES } from "@/agents/tools/outside/server-tools";
import type { ApiRequest } from "@/core/shapes/servers/outside";
import type { ApiAuth } from "@/lib/openapi/types";

/** With an operation's name it stays within the 64 characters of a tool's name. */
const NAME = /^[a-z][a-z0-9_]{0,19}$/;
const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
/** Headers of the connection itself. */
const NO_AUTH_HEADER = /^(host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|cookie|accept.*)$/i;

/** Returns why the name cannot be that of a server whose tools have a part for the server; null: it can. */
export function nameProblem(name: string): string | null {
  if (!NAME.test(name) || NO_NAMES.includes(name))
    return "The name must be 1 to 20 of a-z, 0-9 and _, and begin with a letter.";
  if (isDistinctServerName(name)) return null;
  return "The name must not end with _ or have two of them in a row: tools could be confused.";
}

/** Returns how requests are signed; what the person left out stays as it was. Throws UserError. */
export function authOf(
  { name, auth, header }: Pick<ApiRequest, "name" | "auth" | "header">,
  old: ApiAuth | null,
): ApiAuth {
  const kind = auth ?? old?.kind ?? "none";
  const secret = `mcp/${name}/auth`;
  if (kind === "none") return { kind };
  if (kind !== "header") return { kind, secret };
  const before = old?.kind === "header" ? old.name : "";
  const named = header ?? before;
  if (!HEADER.test(named) || NO_AUTH_HEADER.test(named))
    throw wrongField("header", "Give the name of the header with the key, such as X-API-Key.");
  return { kind, name: named, secret };
}
