/** A request that each operation allows, for tests. */
import type { Parameter, ServiceOperation } from "@/core/services/document/operations";
import { isNode, type Node } from "@/core/services/document/parts";
import { sampleOf } from "@/core/services/document/samples";
import { schemaOf, typesOf } from "@/core/services/document/schemas";
import { type ServiceModel, schemesOf, securityScheme } from "./model";

export interface SampleRequest {
  method: string;
  /** Values of the parameters in the path, by their names. */
  params: Record<string, string>;
  /** With `?`, or empty. */
  search: string;
  headers: Record<string, string>;
  /** What is sent; a string is sent as it is. */
  body?: unknown;
}

/** `key`: what a request shows where the document asks for a key. */
export function requestOf(model: ServiceModel, operation: ServiceOperation, key: string): SampleRequest {
  const { document } = model;
  const query = new URLSearchParams();
  const headers: Record<string, string> = {};
  const params: Record<string, string> = {};
  for (const parameter of operation.parameters) {
    const value = sampleOf(document, parameter.schema, "request");
    if (parameter.in === "path") params[parameter.name] = textOf(value);
    else if (!parameter.isRequired) continue;
    else if (parameter.in === "query") addQuery(query, document, parameter, value);
    else if (parameter.in === "header") headers[parameter.name.toLowerCase()] = textOf(value);
    else headers.cookie = joined(headers.cookie, parameter.name, textOf(value));
  }
  addKey(model, operation, key, { query, headers });
  const sent = bodyOf(document, operation);
  if (sent !== undefined) headers["content-type"] = sent.type;
  const search = query.size > 0 ? `?${query}` : "";
  return { method: operation.method.toUpperCase(), params, search, headers, ...(sent && { body: sent.body }) };
}

/** Returns the path of the operation with these values of its parameters. */
export function pathWith({ path }: ServiceOperation, value: (name: string) => string): string {
  return path.replace(/\{([^{}]*)\}/g, (_whole, name: string) => value(name));
}

function addQuery(query: URLSearchParams, document: Node, { name, schema }: Parameter, value: unknown): void {
  const isList = typesOf(schemaOf(document, schema)).includes("array");
  for (const item of isList && Array.isArray(value) ? value : [value]) query.append(name, textOf(item));
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(",");
  return isNode(value) ? JSON.stringify(value) : String(value);
}

function joined(cookies: string | undefined, name: string, value: string): string {
  return [cookies, `${name}=${value}`].filter(Boolean).join("; ");
}

function bodyOf(document: Node, { body }: ServiceOperation): { type: string; body: unknown } | undefined {
  const [media] = body?.media ?? [];
  if (media === undefined) return undefined;
  const [type = ""] = media.type.split(";");
  const value = sampleOf(document, media.schema, "request");
  if (/json/.test(type)) return { type, body: value };
  if (/urlencoded/.test(type) && isNode(value))
    return {
      type,
      body: new URLSearchParams(Object.entries(value).map(([name, one]) => [name, textOf(one)])).toString(),
    };
  if (/multipart/.test(type)) return { type: `${type}; boundary=end`, body: "--end--\r\n" };
  return { type, body: "text" };
}

function addKey(
  { document }: ServiceModel,
  operation: ServiceOperation,
  key: string,
  { query, headers }: { query: URLSearchParams; headers: Record<string, string> },
): void {
  const all = schemesOf(document, operation).map((names) => names.map((name) => securityScheme(document, name)));
  const [first] = all.filter((schemes) => schemes.every(({ type }) => type !== "mutualTLS"));
  for (const scheme of first ?? []) {
    const name = String(scheme.name);
    if (scheme.type === "apiKey" && scheme.in === "query") query.set(name, key);
    else if (scheme.type === "apiKey" && scheme.in === "cookie") headers.cookie = joined(headers.cookie, name, key);
    else if (scheme.type === "apiKey") headers[name.toLowerCase()] = key;
    else if (scheme.type === "http" && String(scheme.scheme).toLowerCase() === "basic")
      headers.authorization = `Basic ${btoa(`user:${key}`)}`;
    else headers.authorization = `Bearer ${key}`;
  }
}
