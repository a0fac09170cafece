/** Types of web APIs that a person added by their OpenAPI documents. All are plain data that can be stored as JSON. */
import type { ApiOperation } from "@/core/rules/api-operation";

/** How a request shows who asks. `secret` is a name in the vault; for `basic` its value is `user:password`. */
export type ApiAuth =
  | { kind: "none" }
  | { kind: "bearer"; secret: string }
  | { kind: "basic"; secret: string }
  | { kind: "header"; name: string; secret: string };

export interface ApiServer {
  kind: "openapi";
  name: string;
  /** The base URL: the paths of its operations follow it. */
  url: string;
  auth: ApiAuth;
  /** Where the document is read again; absent: a person gave a file. */
  document?: string;
  /** The title and version in its document. */
  title: string;
  /** The chosen operations (`GET /pets`), in the order of the document. */
  operations: string[];
}

/** The largest document, from a file, as text and at an address. */
export const MOST_DOCUMENT_BYTES = 4 * 1024 * 1024;

/** What a document says, as far as it can be used here. All its text comes from outside and is not to be trusted. */
export interface ApiDocument {
  title: string;
  version: string;
  description: string;
  /** Base URLs as the document lists them; relative ones are resolved where its own address is known. */
  servers: string[];
  operations: DescribedOperation[];
  /** One sentence for each thing that was left out, with the reason. */
  problems: string[];
}

export interface DescribedOperation {
  /** `GET /pets`. */
  key: string;
  /** Unique in its document; of A-Z a-z 0-9 _ -. */
  name: string;
  description: string;
  /** JSON Schema with `type: "object"`. */
  inputSchema: Record<string, unknown>;
  operation: ApiOperation;
}

/** A document that cannot be used; `message` is one sentence. */
export class ApiDocumentError extends Error {
  override name = "ApiDocumentError";
}
