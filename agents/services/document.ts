/** The document of a new service: as it is given, or made of entities. */
import { stringify } from "yaml";
import { wrongField } from "@/agents/application";
import { DocumentError, type Node } from "@/core/services/document/parts";
import { documentOf } from "@/core/services/entities";
import { parseDocument, readStandardDocument } from "@/lib/openapi/document";
import { ApiDocumentError } from "@/lib/openapi/types";

export interface DocumentText {
  document: Node;
  /** The document in YAML, as it stays in the repository. */
  text: string;
}

export async function documentFrom(
  given: { openapi: string } | { entities: string },
  name: string,
): Promise<DocumentText> {
  if ("openapi" in given) {
    const document = await readDocumentText(given.openapi);
    const isJson = /^\s*\{/.test(given.openapi.replace(/^\uFEFF/, ""));
    return { document, text: isJson ? stringify(document) : given.openapi.replace(/^\uFEFF/, "") };
  }
  const document = await asField("entities", () => documentOf(parseDocument(given.entities), name));
  return { document, text: stringify(document, { aliasDuplicateObjects: false }) };
}

/** Resolves with a document that the standard allows. Throws UserError about `openapi`. */
export async function readDocumentText(text: string): Promise<Node> {
  return (await asField("openapi", () => readStandardDocument(text))).document;
}

async function asField<T>(field: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiDocumentError || error instanceof DocumentError) throw wrongField(field, error.message);
    throw error;
  }
}
