/** Reads the specification of a service from its three files. Each is a stranger's text, so all of it is bounded. */
import type { Contract } from "@/core/contract/contract";
import { DocumentError, type Node } from "@/core/services/document/parts";
import { documentOf } from "@/core/services/entities";
import { aboutOf, type SpecificationFault } from "@/core/specification/fault";
import type { Stage } from "@/core/specification/faults";
import { MODEL_FILE, MOST_FILE_CHARACTERS, OPENAPI_FILE, SPECIFICATION_FILE } from "@/core/specification/limits";
import { isHowWell, type Specification, type Whole } from "@/core/specification/specification";
import { traceOf } from "@/core/specification/trace";
import type { SpecificationView } from "@/core/specification/view";
import { readWhole } from "@/core/specification/whole";
import { faultText } from "@/core/specification/words";
import { readContract } from "@/lib/contract/read";
import { parseDocument } from "@/lib/openapi/document";
import { ApiDocumentError } from "@/lib/openapi/types";

/** The texts of the three files; null for one that is not there. */
export interface SpecificationTexts {
  specification: string | null;
  model: string | null;
  openapi: string | null;
}

export interface ReadSpecification {
  /** Null: its file does not have the form of one. */
  specification: Specification | null;
  whole: Whole;
  /** Null: there is no valid OpenAPI document. */
  contract: Contract | null;
  faults: SpecificationFault[];
}

/** Resolves with what the files say and with all that is wrong in them; it refuses nothing. */
export async function readSpecification(texts: SpecificationTexts, stage: Stage): Promise<ReadSpecification> {
  const broken: SpecificationFault[] = [];
  const reading = <T>(file: string, text: string | null, read: (text: string) => T) =>
    readOne({ file, text, broken }, read);
  const given = await reading(SPECIFICATION_FILE, texts.specification, parseDocument);
  const model = texts.model === null ? null : await reading(MODEL_FILE, texts.model, modelIn);
  const contract = await reading(OPENAPI_FILE, texts.openapi, readContract);
  const document: Node | null = contract === null ? null : parseDocument(texts.openapi ?? "");
  // What a broken file would say is no fault of the others.
  const read = readWhole({ specification: given, model, document }, stage);
  if (broken.length > 0) return { ...read, contract, faults: broken };
  return { ...read, contract };
}

function modelIn(text: string): Node {
  const model = parseDocument(text);
  documentOf(model, "service");
  return model;
}

interface One {
  file: string;
  text: string | null;
  broken: SpecificationFault[];
}

async function readOne<T>({ file, text, broken }: One, read: (text: string) => T): Promise<Awaited<T> | null> {
  if (text === null) broken.push({ code: "file", file, why: "The file is missing: write it." });
  else if (text.length > MOST_FILE_CHARACTERS)
    broken.push({ code: "file", file, why: `It has more than ${MOST_FILE_CHARACTERS} characters: shorten it.` });
  else
    try {
      return await read(text);
    } catch (error) {
      if (!(error instanceof ApiDocumentError) && !(error instanceof DocumentError)) throw error;
      broken.push({ code: "file", file, why: error.message });
    }
  return null;
}

/** Returns the specification as pages and programs read it. */
export function viewOf({ whole, faults }: Pick<ReadSpecification, "whole" | "faults">): SpecificationView {
  const { title, source, changes, language, requirements, ambiguities, contradictions, criteria } = whole.specification;
  return {
    title,
    source,
    changes,
    language,
    requirements: requirements.map(({ id, text, measure }) => ({
      id,
      text,
      kind: isHowWell(id) ? "quality" : "functional",
      ...(measure && { measure }),
    })),
    ambiguities,
    contradictions,
    criteria,
    entities: whole.entities,
    operations: whole.operations.map(({ key, summary, requirements: ids }) => ({ key, summary, requirements: ids })),
    trace: traceOf(whole),
    faults: faults.map((fault) => ({ code: fault.code, about: aboutOf(fault), text: faultText(fault) })),
  };
}
