/** Checks values against the schemas of Kubernetes and of the Compose specification. */
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { quoted } from "./findings";
import compose from "./schemas/compose.json" with { type: "json" };
import kubernetes from "./schemas/kubernetes.json" with { type: "json" };

export interface SchemaFault {
  path: (string | number)[];
  says: string;
}

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, verbose: true });
ajv.addSchema({ definitions: kubernetes.definitions }, "kubernetes");
const kinds: Record<string, Record<string, string>> = kubernetes.kinds;

export const KUBERNETES_RELEASE = kubernetes.release;

/** Returns whether objects of this version are checked, and this kind of them. */
export function known(version: string, kind: string): "version" | "kind" | null {
  if (!Object.hasOwn(kinds, version)) return null;
  return Object.hasOwn(kinds[version] ?? {}, kind) ? "kind" : "version";
}

/** Returns the checked versions that have a kind. */
export function versionsOf(kind: string): string[] {
  return Object.keys(kinds).filter((version) => Object.hasOwn(kinds[version] ?? {}, kind));
}

/** Returns the faults of an object whose kind is known. */
export function objectFaults(version: string, kind: string, value: unknown): SchemaFault[] {
  return faultsBy(ajv.getSchema(`kubernetes${kinds[version]?.[kind] ?? ""}`), value);
}

export function composeFaults(value: unknown): SchemaFault[] {
  const { $schema: _, ...schema } = compose.schema;
  return faultsBy(ajv.getSchema(schema.$id) ?? ajv.compile(schema), value);
}

function faultsBy(validate: ValidateFunction | undefined, value: unknown): SchemaFault[] {
  if (validate === undefined) throw new Error("A schema is missing.");
  if (validate(value)) return [];
  const errors = validate.errors ?? [];
  const choices = errors.filter(
    (error) => isChoice(error) && !errors.some((other) => isChoice(other) && isBelow(error, other)),
  );
  const own = errors.filter((error) => !choices.some((choice) => error === choice || isAtOrBelow(error, choice)));
  const faults = [...own.map(faultOf), ...choices.map((choice) => faultOfChoice(choice, errors))];
  return faults.filter((fault, at) => faults.findIndex((other) => sameFault(other, fault)) === at);
}

function isChoice({ keyword }: ErrorObject): boolean {
  return keyword === "oneOf" || keyword === "anyOf";
}

function isBelow(error: ErrorObject, choice: ErrorObject): boolean {
  return error.instancePath.startsWith(`${choice.instancePath}/`);
}

function isAtOrBelow(error: ErrorObject, choice: ErrorObject): boolean {
  return error.instancePath === choice.instancePath || isBelow(error, choice);
}

/** What a choice of schemas says of each of its ways explains less than the fault that lies deepest, or all types. */
function faultOfChoice(choice: ErrorObject, errors: readonly ErrorObject[]): SchemaFault {
  const leaves = errors.filter((error) => !isChoice(error) && isAtOrBelow(error, choice));
  const depth = ({ instancePath }: ErrorObject) => instancePath.split("/").length;
  const deepest = leaves.reduce((best, error) => (depth(error) > depth(best) ? error : best), choice);
  if (deepest.instancePath !== choice.instancePath) return faultOf(deepest);
  const types = leaves.filter(({ keyword }) => keyword === "type");
  const other = leaves.find(({ keyword }) => keyword !== "type");
  if (other || types.length === 0) return faultOf(other ?? choice);
  return faultOf({
    ...choice,
    keyword: "type",
    params: { type: [...new Set(types.flatMap(({ params }) => params.type))] },
  });
}

function sameFault(a: SchemaFault, b: SchemaFault): boolean {
  return a.says === b.says && a.path.join("/") === b.path.join("/");
}

function faultOf({ instancePath, keyword, params, message, data }: ErrorObject): SchemaFault {
  const path = instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const at = path.length === 0 ? "It" : quoted(path.join("."));
  if (keyword === "additionalProperties" || keyword === "unevaluatedProperties") {
    const name = String((params as { additionalProperty?: string }).additionalProperty ?? "");
    return { path: [...path, name], says: `${at} has a field ${quoted(name)}, which is not known there.` };
  }
  if (keyword === "required") {
    const name = String((params as { missingProperty?: string }).missingProperty ?? "");
    return { path, says: `${at} lacks the field ${quoted(name)}.` };
  }
  if (keyword === "type") {
    const { type } = params as { type?: string | string[] };
    return { path, says: `${at} is ${nameOf(data)}, and must be ${[type].flat().join(" or ")}.` };
  }
  return { path, says: `${at} ${message ?? "is not valid"}.` };
}

function nameOf(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return typeof value === "string"
    ? `the text ${JSON.stringify(quoted(value))}`
    : `the ${typeof value} ${String(value)}`;
}
