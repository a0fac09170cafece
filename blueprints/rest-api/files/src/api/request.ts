/** Reads a request as its operation describes it. */
import type { Ajv2020 as Ajv } from "ajv/dist/2020.js";
import type { FastifyRequest } from "fastify";
import { type DocumentedOperation, isJson, mediaIn, type Node, type Part, partAt } from "./document.ts";
import type { Call } from "./operation.ts";
import { parameterReader } from "./parameters.ts";
import { Problem } from "./problem.ts";
import { faultOf, schemaAtPointer } from "./schemas.ts";

interface Schemas {
  parameters: Ajv;
  bodies: Ajv;
}

/** Schemas are compiled here, so a fault in the document stops the start and not a request. */
export function callReader(document: Node, operation: DocumentedOperation, schemas: Schemas) {
  const invalid = invalidStatus(operation);
  const places = (["path", "query", "header", "cookie"] as const).map((place) =>
    parameterReader(document, operation, place, schemas.parameters),
  );
  const readBody = bodyReader(document, operation, schemas.bodies);
  return (request: FastifyRequest): Call => {
    const [params = {}, query = {}, headers = {}, cookies = {}] = places.map((read) => read(request, invalid));
    const body = readBody(request, invalid);
    return { params, query, headers, cookies, ...(body !== undefined && { body }) };
  };
}

/** Returns the status that the document has for requests that are not valid. */
function invalidStatus(operation: Part): number {
  const { responses } = operation.node;
  const named = Object.keys(responses ?? {});
  return named.includes("422") && !named.includes("400") ? 422 : 400;
}

/** Returns the status for bodies of other media types: 415 where the document has it. */
function unsupportedStatus(operation: Part): number {
  const named = Object.keys(operation.node.responses ?? {});
  return ["415", "4XX", "default"].some((status) => named.includes(status)) ? 415 : invalidStatus(operation);
}

function bodyReader(document: Node, operation: Part, ajv: Ajv) {
  const described = partAt(document, operation, "requestBody");
  if (!described) return () => undefined;
  const all = mediaIn(document, described);
  // Where the document has JSON, bodies of its other media types are refused.
  const json = all.filter(({ type }) => isJson(type));
  const media = (json.length > 0 ? json : all).map(({ type, schema }) => ({
    matches: typeMatcher(type),
    check: schema && (isJson(type) || type.includes("urlencoded")) ? ajv.compile(schemaAtPointer(schema.pointer)) : undefined,
  }));
  const isRequired = described.node.required === true;
  const unsupported = unsupportedStatus(operation);
  return (request: FastifyRequest, invalid: number): unknown => {
    const type = request.headers["content-type"];
    if (type === undefined && hasBody(request)) throw new Problem(unsupported, "The body has no media type: name it in Content-Type.");
    if (type === undefined || request.body === undefined) {
      if (isRequired) throw new Problem(invalid, "The request needs a body.");
      return undefined;
    }
    const found = media.find(({ matches }) => matches(type));
    if (!found) throw new Problem(unsupported, "The body has a media type that this operation does not take.");
    if (found.check && !found.check(request.body)) throw new Problem(invalid, faultOf(found.check, "The body"));
    return request.body;
  };
}

function hasBody({ headers }: FastifyRequest): boolean {
  return Number(headers["content-length"] ?? 0) > 0 || headers["transfer-encoding"] !== undefined;
}

/** Also matches types of a class such as `image/*`. */
function typeMatcher(wanted: string): (given: string) => boolean {
  const [type = "", subtype = ""] = plain(wanted).split("/");
  return (given) => {
    const [givenType, givenSubtype] = plain(given).split("/");
    return (type === "*" || type === givenType) && (subtype === "*" || subtype === givenSubtype);
  };
}

function plain(type: string): string {
  return (type.split(";")[0] ?? "").trim().toLowerCase();
}
