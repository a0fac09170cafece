/** Which operation carries a requirement, and which check shows it, in both directions. */
import { fileName, isSameName, plural, singular } from "@/core/services/document/names";
import type { CheckKind, SpecifiedEntity, Whole } from "./specification";
import { isHowWell } from "./specification";

/** What a requirement lacks, or an operation. */
type Gap = "operation" | "check" | "requirement";

/** A requirement with its operations, its checks, and what is missing. */
export interface TracedRequirement {
  /** Id of the requirement, such as `R1`. */
  id: string;
  /** The requirement in words. */
  text: string;
  /** Keys of operations; empty for one that is about the whole service. */
  operations: string[];
  /** The criteria that show it. */
  checks: {
    /** Id of the criterion, such as `C1`. */
    criterion: string;
    /** How the criterion is checked. */
    kind: CheckKind;
  }[];
  /** What it lacks. */
  gaps: Gap[];
}

/** Which operations and checks belong to which requirement. */
export interface Trace {
  /** The requirements with their operations and checks. */
  requirements: TracedRequirement[];
  /** The operations of the OpenAPI document with their requirements. */
  operations: {
    /** Method and path, such as `GET /orders`. */
    key: string;
    /** Ids of its requirements. */
    requirements: string[];
    /** What it lacks. */
    gaps: Gap[];
  }[];
}

/** Returns the trace of a specification. Ids that nothing has are left out; `faultsOf` names them. */
export function traceOf({ specification: { requirements, criteria }, operations }: Whole): Trace {
  const known = new Set(requirements.map(({ id }) => id));
  return {
    requirements: requirements.map(({ id, text, measure }) => {
      const own = criteria.filter(({ requirement }) => requirement === id);
      const carrying = operations.filter((one) => one.requirements.includes(id) || one.key === measure?.operation);
      const isCarried = carrying.length > 0 || isHowWell(id) || own.some(({ check }) => check.kind === "judged");
      return {
        id,
        text,
        operations: carrying.map(({ key }) => key),
        checks: own.map(({ id: criterion, check: { kind } }) => ({ criterion, kind })),
        gaps: [...(isCarried ? [] : ["operation" as const]), ...(own.length > 0 ? [] : ["check" as const])],
      };
    }),
    operations: operations.map(({ key, requirements: named }) => {
      const real = named.filter((id) => known.has(id));
      return { key, requirements: real, gaps: real.length > 0 ? [] : ["requirement" as const] };
    }),
  };
}

/** Returns the entities that no operation reads or writes: neither a path nor a schema of one has their name. */
export function unusedEntities({ entities, operations }: Pick<Whole, "entities" | "operations">): SpecifiedEntity[] {
  const names = operations.flatMap(({ key, schemas }) => [...partsOf(key), ...schemas]);
  return entities.filter(({ name }) => {
    const forms = [name, plural(name), fileName(plural(name), name)];
    return !names.some((other) => forms.some((form) => isSameName(form, other) || isSameName(form, bare(other))));
  });
}

function partsOf(key: string): string[] {
  const parts = key.slice(key.indexOf(" ") + 1).split("/");
  return parts.filter((part) => part !== "" && !part.startsWith("{"));
}

/** Schemas of requests and lists are called after what they hold. */
function bare(schema: string): string {
  const name = schema.replace(/^(New|Create|Update)(?=[A-Z])/, "").replace(/(Change|Input|List|Page|Update)$/, "");
  return singular(name);
}
