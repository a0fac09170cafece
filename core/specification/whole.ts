/** Puts the three parsed files of a specification together, and says what is wrong with the form of each. Pure. */
import { isNode, type Node } from "@/core/services/document/parts";
import type { SpecificationFault } from "./fault";
import { faultsOf, type Stage } from "./faults";
import { SPECIFICATION_FILE } from "./limits";
import { specifiedOperations } from "./operations";
import { type Specification, type SpecifiedEntity, specificationFile, type Whole } from "./specification";

const MOST_FORM_FAULTS = 20;

export interface Parsed {
  specification: unknown;
  /** Null: the service keeps nothing. */
  model: unknown;
  /** Null: there is no valid document. */
  document: Node | null;
}

/** Returns the specification with all its faults. `specification` is null when its file does not have the form of one. */
export function readWhole(
  { specification: given, model, document }: Parsed,
  stage: Stage,
): { specification: Specification | null; whole: Whole; faults: SpecificationFault[] } {
  const read = specificationFile.safeParse(given);
  const specification = read.success ? read.data : null;
  const parts = { entities: entitiesIn(model), operations: document === null ? [] : specifiedOperations(document) };
  const whole = { specification: specification ?? EMPTY, ...parts };
  if (specification !== null) return { specification, whole, faults: faultsOf(whole, stage) };
  const issues = read.error?.issues.slice(0, MOST_FORM_FAULTS) ?? [];
  const faults = issues.map(({ path, message }) => ({
    code: "file" as const,
    file: SPECIFICATION_FILE,
    why: `${path.map(String).join(".") || "the file"} ${message}`,
  }));
  return { specification, whole, faults };
}

const EMPTY: Specification = {
  title: "",
  source: "",
  changes: [],
  language: "en",
  requirements: [],
  ambiguities: [],
  contradictions: [],
  criteria: [],
};

/** Returns the entities of a model with the number of their fields. `documentOf` in `core/services` says what is wrong with one. */
function entitiesIn(model: unknown): SpecifiedEntity[] {
  const entities = isNode(model) && isNode(model.entities) ? model.entities : {};
  return Object.entries(entities).map(([name, entity]) => {
    const fields = isNode(entity) && isNode(entity.fields) ? entity.fields : {};
    return { name, fields: Object.keys(fields).length };
  });
}
