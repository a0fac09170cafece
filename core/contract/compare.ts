/** Names what changed from one version of a contract to the next, and what of it breaks clients. */
import { breaksOperation, type ContractChange, type OperationChange, type Side } from "./changes";
import { type Comparing, compareSchemas, type Place } from "./compare-schemas";
import { compareSecurity } from "./compare-security";
import type { Contract, ContractAnswer, ContractMedia, ContractOperation, ContractParameter, Schema } from "./contract";

/** Returns the changes, breaking ones first. Throws a ContractTooLargeError. */
export function compareContracts(before: Contract, after: Contract): ContractChange[] {
  const found = new Map<string, ContractChange>();
  const comparing: Comparing = {
    before,
    after,
    comparisons: { done: 0 },
    pairs: new Map(),
    add(change) {
      // Operations that use one definition share its change.
      const key = JSON.stringify([change.code, change.pointer, change.text]);
      const known = found.get(key);
      if (!known) found.set(key, { ...change, operations: [...change.operations] });
      else known.operations = [...new Set([...known.operations, ...change.operations])];
    },
  };
  compareOperations(comparing);
  const changes = [...found.values()];
  return [...changes.filter(({ breaking }) => breaking), ...changes.filter(({ breaking }) => !breaking)];
}

interface Both {
  before: ContractOperation;
  after: ContractOperation;
}

function compareOperations(comparing: Comparing): void {
  const old = new Map(comparing.before.operations.map((operation) => [matchKey(operation), operation]));
  const now = new Map(comparing.after.operations.map((operation) => [matchKey(operation), operation]));
  const added = [...now].filter(([key]) => !old.has(key)).map(([, operation]) => operation);
  for (const [key, before] of old) {
    const after = now.get(key);
    if (after) {
      compareOperation(comparing, { before, after });
      continue;
    }
    const moved = before.id === null ? undefined : added.find(({ id }) => id === before.id);
    if (moved) added.splice(added.indexOf(moved), 1);
    if (moved) note(comparing, moved.key, "operation-moved", moved.pointer, `${before.key} moved to ${moved.key}.`);
    else note(comparing, before.key, "operation-removed", before.pointer, `Removed ${before.key}.`);
  }
  for (const { key, pointer } of added) note(comparing, key, "operation-added", pointer, `Added ${key}.`);
}

/** Clients do not see how a parameter in a path is called. */
function matchKey({ method, path }: ContractOperation): string {
  return `${method} ${path.replace(/\{[^{}]*\}/g, "{}")}`;
}

function note(comparing: Comparing, operation: string, code: OperationChange, pointer: string, text: string): void {
  comparing.add({ code, breaking: breaksOperation(code), operations: [operation], pointer, text });
}

function compareOperation(comparing: Comparing, both: Both): void {
  const { before, after } = both;
  if (!before.isDeprecated && after.isDeprecated)
    note(comparing, after.key, "operation-deprecated", after.pointer, `${after.key} is deprecated.`);
  compareParameters(comparing, both);
  compareBodies(comparing, both);
  compareAnswers(comparing, both);
  compareSecurity(both.before.security, both.after.security, after.key, (code, text) =>
    note(comparing, after.key, code, after.pointer, text),
  );
}

function compareParameters(comparing: Comparing, { before, after }: Both): void {
  const key = after.key;
  const renamed = new Map(inPath(before).map((name, index) => [name, inPath(after)[index] ?? name]));
  const idOf = ({ in: place, name }: ContractParameter) => {
    return place === "header" ? `header ${name.toLowerCase()}` : `${place} ${name}`;
  };
  const old = new Map(
    before.parameters.map((parameter) => {
      const name = parameter.in === "path" ? (renamed.get(parameter.name) ?? parameter.name) : parameter.name;
      return [idOf({ ...parameter, name }), parameter];
    }),
  );
  for (const parameter of after.parameters) {
    const known = old.get(idOf(parameter));
    old.delete(idOf(parameter));
    const what = `the ${parameter.in} parameter ${parameter.name} of ${key}`;
    if (known) compareParameter(comparing, known, parameter, key);
    else if (parameter.isRequired)
      note(
        comparing,
        key,
        "required-request-parameter-added",
        parameter.pointer,
        `Requests need ${what}, which is new.`,
      );
    else note(comparing, key, "request-parameter-added", parameter.pointer, `Added ${what}, which is optional.`);
  }
  for (const { in: place, name, pointer } of old.values())
    note(comparing, key, "request-parameter-removed", pointer, `Removed the ${place} parameter ${name} of ${key}.`);
}

function inPath({ path }: ContractOperation): string[] {
  return [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name);
}

function compareParameter(
  comparing: Comparing,
  before: ContractParameter,
  after: ContractParameter,
  operation: string,
): void {
  const what = `The ${after.in} parameter ${after.name} of ${operation}`;
  const add = (code: OperationChange, text: string) => note(comparing, operation, code, after.pointer, text);
  if (!before.isRequired && after.isRequired) add("request-parameter-became-required", `${what} is now required.`);
  if (before.isRequired && !after.isRequired) add("request-parameter-became-optional", `${what} is now optional.`);
  if (before.style !== after.style || before.explode !== after.explode)
    add("request-parameter-style-changed", `${what} is written in another style: ${after.style}.`);
  const place = placeOf("request", operation, `the ${after.in} parameter ${after.name}`, before.pointer, after.pointer);
  const schemas = { before: before.schema, after: after.schema };
  compareSchemas(comparing, schemas, { ...place, isParameter: true }, new Set());
}

function placeOf(side: Side, operation: string, what: string, pointerBefore: string, pointerAfter: string): Place {
  return {
    side,
    operation,
    owner: `${what} of ${operation}`,
    path: "",
    pointerBefore: `${pointerBefore}/schema`,
    pointerAfter: `${pointerAfter}/schema`,
    depth: 0,
    isParameter: false,
  };
}

function compareBodies(comparing: Comparing, { before, after }: Both): void {
  const [old, now, key] = [before.body, after.body, after.key];
  const add = (code: OperationChange, text: string) =>
    note(comparing, key, code, now?.pointer ?? old?.pointer ?? after.pointer, text);
  if (old && !now) add("request-body-removed", `${key} takes no body any more.`);
  if (!old && now?.isRequired) add("required-request-body-added", `${key} needs a body, which is new.`);
  if (!old && now && !now.isRequired) add("request-body-added", `${key} may have a body, which is new.`);
  if (!old || !now) return;
  if (!old.isRequired && now.isRequired) add("request-body-became-required", `${key} now needs a body.`);
  if (old.isRequired && !now.isRequired) add("request-body-became-optional", `${key} may be sent without a body.`);
  compareMedia(comparing, "request", key, { before: old.media, after: now.media }, "the body");
}

function compareMedia(
  comparing: Comparing,
  side: Side,
  operation: string,
  { before, after }: { before: ContractMedia[]; after: ContractMedia[] },
  what: string,
): void {
  const words = `${what} of ${operation}`;
  for (const old of before) {
    const now = after.find(({ type }) => type === old.type);
    const code = `${side}-media-type-removed` as const;
    if (!now) note(comparing, operation, code, old.pointer, `Removed the media type ${old.type} from ${words}.`);
    else {
      const place = placeOf(side, operation, what, old.pointer, now.pointer);
      compareSchemas(comparing, { before: anyOr(old.schema), after: anyOr(now.schema) }, place, new Set());
    }
  }
  for (const { type, pointer } of after.filter((now) => !before.some((old) => old.type === now.type)))
    note(comparing, operation, `${side}-media-type-added`, pointer, `Added the media type ${type} to ${words}.`);
}

function anyOr(schema: Schema | null): Schema {
  return schema ?? true;
}

function compareAnswers(comparing: Comparing, { before, after }: Both): void {
  const key = after.key;
  for (const old of before.answers) {
    const now = after.answers.find(({ status }) => status === old.status);
    if (now) compareAnswer(comparing, key, old, now);
    else {
      const code = /^[23]/.test(old.status) ? "success-status-removed" : "error-status-removed";
      note(comparing, key, code, old.pointer, `${key} no longer answers ${old.status}.`);
    }
  }
  for (const { status, pointer } of after.answers.filter(
    (now) => !before.answers.some((old) => old.status === now.status),
  ))
    note(comparing, key, "response-status-added", pointer, `${key} may also answer ${status}.`);
}

function compareAnswer(comparing: Comparing, operation: string, before: ContractAnswer, after: ContractAnswer): void {
  const media = { before: before.media, after: after.media };
  compareMedia(comparing, "response", operation, media, `the answer ${after.status}`);
  const nameOf = ({ name }: { name: string }) => name.toLowerCase();
  for (const old of before.headers) {
    const now = after.headers.find((header) => nameOf(header) === nameOf(old));
    const what = `the header ${old.name} of the answer ${after.status} of ${operation}`;
    if (!now) {
      note(comparing, operation, "response-header-removed", old.pointer, `Removed ${what}.`);
      continue;
    }
    const text = (word: string) => `${what.replace(/^the/, "The")} is now ${word}.`;
    if (old.isRequired && !now.isRequired)
      note(comparing, operation, "response-header-became-optional", now.pointer, text("optional"));
    if (!old.isRequired && now.isRequired)
      note(comparing, operation, "response-header-became-required", now.pointer, text("always sent"));
    const place = placeOf("response", operation, `the header ${now.name}`, old.pointer, now.pointer);
    compareSchemas(comparing, { before: old.schema, after: now.schema }, place, new Set());
  }
  for (const { name, pointer } of after.headers.filter(
    (now) => !before.headers.some((old) => nameOf(old) === nameOf(now)),
  ))
    note(
      comparing,
      operation,
      "response-header-added",
      pointer,
      `The answer ${after.status} of ${operation} has the new header ${name}.`,
    );
}
