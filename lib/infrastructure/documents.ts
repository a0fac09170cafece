/** Reads YAML and JSON into values whose places in the file are known. */
import { type Document, isNode, LineCounter, parseAllDocuments } from "yaml";
import { isTooDeep } from "@/lib/net/bounded-yaml";
import { type Findings, MOST_SAID_CHARACTERS, quoted } from "./findings";

export type Json = Record<string, unknown>;

export interface ReadDocument {
  file: string;
  value: Json;
  /** Returns the line of a value, or of the nearest thing around it. */
  lineOf(path: readonly (string | number)[]): number;
}

/** More is an attack: aliases of aliases become very much of very little. */
const MOST_ALIASES = 100;

/** Returns the documents of a file that are maps. What cannot be read becomes a finding. */
export function documentsIn(file: string, text: string, findings: Findings): ReadDocument[] {
  const lines = new LineCounter();
  const documents: ReadDocument[] = [];
  try {
    if (isTooDeep(text)) throw new RangeError("Nested too deeply");
    for (const document of parseAllDocuments(text, { lineCounter: lines, merge: true, prettyErrors: false })) {
      if (!("errors" in document)) continue;
      const [fault] = document.errors;
      if (fault?.code === "RESOURCE_EXHAUSTION") throw new RangeError(fault.message);
      if (fault) {
        findings.error(
          file,
          lines.linePos(fault.pos[0]).line,
          `It is no valid YAML: ${quoted(fault.message, MOST_SAID_CHARACTERS)}.`,
        );
        return [];
      }
      const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
      if (isMap(value)) documents.push({ file, value, lineOf: (path) => lineOf(document, lines, path) });
    }
  } catch (error) {
    if (error instanceof RangeError) findings.skip(file, null, "It is nested too deeply to be read.");
    else if (error instanceof ReferenceError) findings.skip(file, null, "Its aliases stand for more than is read.");
    else throw error;
    return [];
  }
  return documents;
}

export function isMap(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function mapIn(value: unknown, ...path: string[]): Json {
  const found = path.reduce<unknown>((within, name) => (isMap(within) ? within[name] : undefined), value);
  return isMap(found) ? found : {};
}

export function listIn(value: unknown, name: string): unknown[] {
  const found = isMap(value) ? value[name] : undefined;
  return Array.isArray(found) ? found : [];
}

function lineOf(document: Document.Parsed, lines: LineCounter, path: readonly (string | number)[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
