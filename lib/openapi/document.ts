/**
 * Reads OpenAPI documents (3.0 and later, JSON or YAML) of strangers: bounded before they are parsed, checked against
 * the standard's schema, and read without following a reference out of the document.
 */
import type { Validator } from "@seriousme/openapi-schema-validator";
import { parse } from "yaml";
import { inCpuTime } from "@/lib/mcp/config/bounded-check";
import { quoted } from "@/lib/mcp/config/errors";
import { beyondBounds } from "@/lib/net/bounded-json";
import { isTooDeep } from "@/lib/net/bounded-yaml";
import { describedOperations } from "./operations";
import { isNode, type Node } from "./refs";
import { serversOf } from "./servers";
import { type ApiDocument, ApiDocumentError, MOST_DOCUMENT_BYTES } from "./types";

/** YAML that is unfolded to JSON grows by its quotation marks and white space. */
const BOUNDS = { characters: 4 * MOST_DOCUMENT_BYTES, depth: 100, values: 300_000 };
/** In CPU time. Four megabytes of YAML take some four seconds on a fast machine. */
const PARSE_MS = 20_000;
const CHECK_MS = 5_000;
/** Aliases unfold a small text to a huge one. */
const MOST_ALIASES = 100;
const MOST_TITLE = 200;
const TOO_SLOW = "Reading the document takes too long.";

/** Returns what the document says. `address`: where it was read, for relative base URLs. Throws ApiDocumentError. */
export async function readApiDocument(text: string, address?: string): Promise<ApiDocument> {
  const { document, isOld } = await readStandardDocument(text);
  const info = isNode(document.info) ? document.info : {};
  const described = inCpuTime(() => describedOperations(document, isOld, address), PARSE_MS);
  if (!described) throw new ApiDocumentError("Reading the document's operations takes too long.");
  return {
    title: quoted(String(info.title ?? "")).slice(0, MOST_TITLE),
    version: quoted(String(info.version ?? "")).slice(0, MOST_TITLE),
    description: quoted(String(info.description ?? "")),
    servers: serversOf(document, address),
    ...described.result,
  };
}

/** Returns a document that is valid by the standard's schema. `isOld`: OpenAPI 3.0. Throws ApiDocumentError. */
export async function readStandardDocument(text: string): Promise<{ document: Node; isOld: boolean }> {
  const document = parseDocument(text);
  const { openapi, swagger } = document;
  if (typeof swagger === "string")
    throw new ApiDocumentError("The document is Swagger 2.0: convert it to OpenAPI 3, then add it.");
  if (typeof openapi !== "string" || !/^3\.\d/.test(openapi))
    throw new ApiDocumentError("The text is not an OpenAPI document: the field openapi must be 3.0.x or 3.1.x.");
  await checkStandard(document, openapi);
  return { document, isOld: openapi.startsWith("3.0") };
}

/** A method of the library that its types leave out. `validate` has no limit of time, and refuses a document whole. */
interface SchemaChecks {
  getAjvValidator(version: string): ((document: Node) => boolean) & { errors?: unknown };
}

interface Standard {
  versions: ReadonlySet<string>;
  /** Compiles the standard's schema of a version once. */
  schemas: SchemaChecks;
}

let standard: Promise<Standard> | undefined;

/** Loaded with the first document: few servers have one, and the library would be a tenth of what a start loads. */
async function loadStandard(): Promise<Standard> {
  const { Validator } = await import("@seriousme/openapi-schema-validator");
  return { versions: Validator.supportedVersions, schemas: new Validator() as Validator & SchemaChecks };
}

/** The standard's schema has lists whose elements are all compared with each other, so the check is bounded. */
async function checkStandard(document: Node, openapi: string): Promise<void> {
  standard ??= loadStandard();
  const { versions, schemas } = await standard;
  const version = openapi.slice(0, 3);
  if (!versions.has(version))
    throw new ApiDocumentError(`OpenAPI ${quoted(openapi)} is not supported: convert the document to 3.1.`);
  const check = schemas.getAjvValidator(version);
  const done = inCpuTime(() => check(document), CHECK_MS);
  if (!done) throw new ApiDocumentError("Checking the document takes too long: its lists are too long.");
  if (!done.result)
    throw new ApiDocumentError(`The document is not valid OpenAPI ${quoted(openapi)}: ${faultOf(check.errors)}.`);
}

/** Returns the object that a stranger's YAML or JSON holds, within bounds. Throws ApiDocumentError. */
export function parseDocument(given: string): Node {
  // Editors of some systems begin a file with this mark.
  const text = given.replace(/^\uFEFF/, "");
  if (Buffer.byteLength(text) > MOST_DOCUMENT_BYTES)
    throw new ApiDocumentError("The document is larger than 4 MB: take out what agents do not need.");
  const isJson = /^\s*\{/.test(text);
  // YAML that was unfolded is bounded like JSON, and has no cycles left.
  const json = isJson ? text : fromYaml(text);
  const beyond = beyondBounds(json, BOUNDS);
  if (beyond !== null) throw new ApiDocumentError(`The document is too large: ${beyond}.`);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new ApiDocumentError(`The document is not valid JSON: ${quoted((error as Error).message)}.`);
  }
  if (!isNode(value)) throw new ApiDocumentError("The text is not an OpenAPI document.");
  return value;
}

function fromYaml(text: string): string {
  const depth = inCpuTime(() => isTooDeep(text), PARSE_MS);
  if (!depth) throw new ApiDocumentError(TOO_SLOW);
  if (depth.result) throw new ApiDocumentError("The document is too large: it is nested too deeply.");
  let done: { result: string } | null;
  try {
    done = inCpuTime(() => JSON.stringify(parse(text, { maxAliasCount: MOST_ALIASES })) ?? "null", PARSE_MS);
  } catch (error) {
    throw new ApiDocumentError(`The document is not valid YAML: ${quoted((error as Error).message)}.`);
  }
  if (!done) throw new ApiDocumentError(TOO_SLOW);
  return done.result;
}

/** Returns the document's first fault, as part of a sentence. */
function faultOf(errors: unknown): string {
  const [first] = (Array.isArray(errors) ? errors : []) as { instancePath?: string; message?: string }[];
  return quoted(`${first?.instancePath || "the document"} ${first?.message ?? "does not match the standard"}`);
}
