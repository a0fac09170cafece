/** The base URLs that a document names: its own, those of a path, and those of an operation. */
import { isNode, type Node } from "./refs";

const MOST_SERVERS = 10;

/** Returns the document's base URLs. `address`: where the document was read. */
export function serversOf(document: Node, address: string | undefined): string[] {
  const given = Array.isArray(document.servers) ? document.servers : [{ url: "/" }];
  const urls = given.slice(0, MOST_SERVERS).flatMap((server) => {
    const url = urlOf(server);
    if (url === null || !URL.canParse(url, address)) return [];
    const { protocol, href } = new URL(url, address);
    return ["http:", "https:"].includes(protocol) ? [href.replace(/\/$/, "")] : [];
  });
  return [...new Set(urls)];
}

/**
 * Returns the base URL of an operation, of its own servers or else of those of its path; undefined where the document's
 * hold. A relative one stays so where the document's address is not known. Throws an Error with part of a sentence.
 */
export function serverOfOperation(
  item: Node,
  operation: Node,
  { address, isSafe }: { address: string | undefined; isSafe: boolean },
): string | undefined {
  const list = [operation.servers, item.servers].find((given) => Array.isArray(given) && given.length > 0);
  if (!Array.isArray(list)) return undefined;
  const url = urlOf(list[0]);
  if (url === null) throw new Error("its server has no address");
  // A relative address is resolved with the API's base URL when it is called.
  const base = address ?? "https://base.invalid";
  if (!URL.canParse(url, base)) throw new Error(`its server ${url.slice(0, 100)} is not an address`);
  const { protocol, username, password, search, hash, href } = new URL(url, base);
  if (!["http:", "https:"].includes(protocol)) throw new Error("its server is not an http or https address");
  if (username !== "" || password !== "" || search !== "" || hash !== "")
    throw new Error("its server's address has more than a host and a path");
  const isAbsolute = URL.canParse(url);
  if (isSafe && protocol === "http:" && (isAbsolute || address !== undefined))
    throw new Error("its server is reached without TLS, and the API's own is not");
  return address === undefined && !isAbsolute ? url : href.replace(/\/$/, "");
}

/** Returns an address with the default of each variable; null without an address. */
function urlOf(server: unknown): string | null {
  if (!isNode(server) || typeof server.url !== "string") return null;
  const { url, variables } = server;
  return url.replace(/\{([^{}]*)\}/g, (whole, name: string) => {
    const variable = isNode(variables) && Object.hasOwn(variables, name) ? variables[name] : undefined;
    return isNode(variable) && typeof variable.default === "string" ? variable.default : whole;
  });
}
