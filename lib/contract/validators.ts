/**
 * Validates values against the schemas of a contract. Documents come from strangers, and patterns or lists of theirs can
 * take for ever, so compiling has a limit of time, and callers limit the time of a whole request or answer.
 */
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import type { Side } from "@/core/contract/changes";
import { type Contract, isSchemaNode, type Schema, type SchemaNode } from "@/core/contract/contract";
import { flattened, membersOf } from "@/core/contract/flatten";
import { inBoundedTime } from "@/lib/mcp/config/bounded-check";
import { quoted } from "@/lib/mcp/config/errors";

const COMPILE_MS = 5_000;
const MOST_FAULTS = 20;
/** The schema with all definitions. */
const ROOT = "contract";
/** Keywords whose values are no schemas. */
const VALUES: ReadonlySet<string> = new Set(["enum", "const", "default", "examples"]);
/** Below these keywords the keys are names that the document's author chose, also such as `default`, and each value is a schema. */
const MAPS: ReadonlySet<string> = new Set([
  "properties",
  "patternProperties",
  "$defs",
  "definitions",
  "dependentSchemas",
]);

export interface ValueFault {
  /** A JSON pointer into the value; empty: the value itself. */
  place: string;
  /** The keyword that is broken; `unchecked`: the schema could not be used. */
  rule: string;
  text: string;
}

export interface Validators {
  /** Returns what of the value breaks the schema; nothing for a valid value. The caller limits the time. */
  faultsOf(schema: Schema, value: unknown): ValueFault[];
}

const known = new WeakMap<Contract, Record<Side, Validators>>();

/** Returns the validators of a contract. A schema is compiled at its first use. */
export function validatorsOf(contract: Contract, side: Side): Validators {
  const made = known.get(contract) ?? {
    request: createValidators(contract, "request"),
    response: createValidators(contract, "response"),
  };
  known.set(contract, made);
  return made[side];
}

function createValidators(contract: Contract, side: Side): Validators {
  const ajv = new Ajv2020({
    code: { regExp: expression },
    strict: false,
    allErrors: true,
    logger: false,
    validateSchema: false,
    discriminator: false,
  });
  addFormats.default(ajv);
  const definitions = Object.entries(contract.definitions);
  const prepared = (schema: unknown) => prepare(contract, side, schema);
  ajv.addSchema({
    $id: ROOT,
    $defs: Object.fromEntries(definitions.map(([name, { schema }]) => [name, prepared(schema)])),
  });
  const compiled = new Map<Schema, ValidateFunction | ValueFault>();

  function compile(schema: Schema): ValidateFunction | ValueFault {
    try {
      const done = inBoundedTime(() => ajv.compile(prepared(schema) as Schema), COMPILE_MS);
      return done ? done.result : unchecked("it takes too long to read");
    } catch (error) {
      return unchecked(quoted((error as Error).message));
    }
  }

  return {
    faultsOf(schema, value) {
      const validate = compiled.get(schema) ?? compile(schema);
      compiled.set(schema, validate);
      if (typeof validate !== "function") return [validate];
      return validate(value) ? [] : (validate.errors ?? []).slice(0, MOST_FAULTS).map(faultOf);
    },
  };
}

/** Many documents have patterns that are valid only without the flag for Unicode. */
const expression = Object.assign(
  (pattern: string) => {
    try {
      return new RegExp(pattern, "u");
    } catch {
      return new RegExp(pattern);
    }
  },
  { code: "new RegExp" },
);

/**
 * Returns a schema whose references lead to the definitions of the contract, which are compiled once for all schemas.
 * What is only read is not required in requests, and what is only written not in answers.
 */
function prepare(contract: Contract, side: Side, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => prepare(contract, side, item));
  if (!isSchemaNode(value)) return value;
  const members = Object.entries(value).map(([key, member]): [string, unknown] => {
    if (MAPS.has(key) && isSchemaNode(member)) {
      const named = Object.entries(member).map(([name, schema]) => [name, prepare(contract, side, schema)]);
      return [key, Object.fromEntries(named)];
    }
    if (key === "$ref" && typeof member === "string") return [key, `${ROOT}${member}`];
    if (key === "required" && Array.isArray(member))
      return [key, member.filter((name) => isOn(contract, side, value, name))];
    return [key, VALUES.has(key) ? member : prepare(contract, side, member)];
  });
  return Object.fromEntries(members);
}

function isOn(contract: Contract, side: Side, node: SchemaNode, name: unknown): boolean {
  const members = membersOf(node, "properties");
  if (typeof name !== "string" || !Object.hasOwn(members, name)) return true;
  return flattened(contract, members[name]).node[side === "request" ? "readOnly" : "writeOnly"] !== true;
}

function unchecked(why: string): ValueFault {
  return { place: "", rule: "unchecked", text: `its schema cannot be checked: ${why}` };
}

function faultOf({ instancePath, keyword, message, params }: ErrorObject): ValueFault {
  const missing: unknown = params.missingProperty ?? params.additionalProperty;
  const place = typeof missing === "string" ? `${instancePath}/${missing}` : instancePath;
  const allowed = Array.isArray(params.allowedValues) ? `: ${JSON.stringify(params.allowedValues).slice(0, 200)}` : "";
  return { place, rule: keyword, text: quoted(`${message ?? "breaks the schema"}${allowed}`) };
}
