/**
 * What an OpenAPI document promises, as plain data: operations with everything that they refer to. Schemas are JSON
 * Schema 2020-12, whatever version the document has, and refer to `definitions` as `#/$defs/NAME`.
 */
import type { API_METHODS } from "../rules/api-operation";

export type SchemaNode = { [keyword: string]: unknown };
export type Schema = boolean | SchemaNode;

export interface ContractMedia {
  /** In lower case and without parameters, for example `application/json` or `image/*`. */
  type: string;
  /** Null: any content. */
  schema: Schema | null;
  /** Values that the document gives as examples. */
  examples: unknown[];
  pointer: string;
}

export type ParameterPlace = "path" | "query" | "header" | "cookie";
export type ParameterStyle = "simple" | "form" | "spaceDelimited" | "pipeDelimited" | "deepObject" | "json";

export interface ContractParameter {
  name: string;
  in: ParameterPlace;
  isRequired: boolean;
  schema: Schema;
  style: ParameterStyle;
  explode: boolean;
  examples: unknown[];
  pointer: string;
}

export interface ContractHeader {
  name: string;
  isRequired: boolean;
  schema: Schema;
  pointer: string;
}

export interface ContractAnswer {
  /** `200`, `4XX` or `default`. */
  status: string;
  headers: ContractHeader[];
  media: ContractMedia[];
  pointer: string;
}

export interface ContractBody {
  isRequired: boolean;
  media: ContractMedia[];
  pointer: string;
}

/** `TRACE` is left out: nobody describes it. */
export type ContractMethod = (typeof API_METHODS)[number];

export interface ContractOperation {
  /** `GET /reports/{id}`. */
  key: string;
  method: ContractMethod;
  path: string;
  id: string | null;
  isDeprecated: boolean;
  parameters: ContractParameter[];
  body: ContractBody | null;
  answers: ContractAnswer[];
  /** One of these sets of schemes with their scopes is needed. Empty: no sign-in. */
  security: Record<string, string[]>[];
  pointer: string;
}

export interface Definition {
  schema: Schema;
  pointer: string;
}

export interface Contract {
  title: string;
  version: string;
  operations: ContractOperation[];
  definitions: Record<string, Definition>;
}

const REFERENCE = "#/$defs/";

export function isSchemaNode(value: unknown): value is SchemaNode {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the name of the definition that a schema refers to; null for a schema that is no reference. */
export function referenceOf(schema: unknown): string | null {
  if (!isSchemaNode(schema) || typeof schema.$ref !== "string" || !schema.$ref.startsWith(REFERENCE)) return null;
  return schema.$ref.slice(REFERENCE.length);
}

/** Returns the answer that the document describes for a status: the exact one, its class, or the default. */
export function documentedAnswer(operation: ContractOperation, status: number): ContractAnswer | null {
  const wanted = [String(status), `${Math.floor(status / 100)}XX`, "DEFAULT"];
  for (const name of wanted) {
    const found = operation.answers.find((answer) => answer.status.toUpperCase() === name);
    if (found) return found;
  }
  return null;
}

/** Returns the media type of a header without its parameters, in lower case. */
export function plainType(header: string): string {
  return (header.split(";")[0] ?? "").trim().toLowerCase();
}

/** Returns the described media that a type matches; the most exact one wins. */
export function mediaFor(media: readonly ContractMedia[], type: string): ContractMedia | null {
  const [group] = type.split("/");
  return (
    media.find((candidate) => candidate.type === type) ??
    media.find((candidate) => candidate.type === `${group}/*`) ??
    media.find((candidate) => candidate.type === "*/*") ??
    null
  );
}

export function isJsonType(type: string): boolean {
  return /^application\/([^;]+\+)?json$/.test(type);
}

/** Returns a part of a JSON pointer with the name of a member escaped. */
export function pointerStep(name: string | number): string {
  return `/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
