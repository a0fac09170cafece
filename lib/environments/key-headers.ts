/** How a request shows a key, as an OpenAPI document asks for it. */
import { isNode, type Node } from "@/lib/openapi/refs";

/** Returns the headers that show a key in every way that the document knows. Keys in queries and cookies are left out. */
export function keyHeaders(document: Node, key: string): Record<string, string> {
  const components = isNode(document.components) ? document.components : {};
  const schemes = isNode(components.securitySchemes) ? Object.values(components.securitySchemes) : [];
  return Object.fromEntries(schemes.flatMap((scheme) => (isNode(scheme) ? headersOf(scheme, key) : [])));
}

function headersOf({ type, scheme, in: place, name }: Node, key: string): [string, string][] {
  if (type === "apiKey") return place === "header" && typeof name === "string" ? [[name.toLowerCase(), key]] : [];
  if (type === "http" && String(scheme).toLowerCase() === "basic")
    return [["authorization", `Basic ${Buffer.from(`:${key}`).toString("base64")}`]];
  return type === "http" || type === "oauth2" || type === "openIdConnect" ? [["authorization", `Bearer ${key}`]] : [];
}
