/** Checks one answer against the contract. */
import {
  type Contract,
  type ContractAnswer,
  type ContractOperation,
  documentedAnswer,
  isJsonType,
  mediaFor,
  plainType,
  type Schema,
} from "@/core/contract/contract";
import type { AnswerFault, AnswerFaultCode, Exchange, GivenAnswer } from "@/core/contract/exchange";
import { inBoundedTime } from "@/lib/mcp/config/bounded-check";
import { beyondBounds } from "@/lib/net/bounded-json";
import { coerced } from "./coerce";
import { operationFor } from "./match";
import { type ValueFault, validatorsOf } from "./validators";

/** An answer of a list may be long; nothing larger is read from a service. */
const BOUNDS = { characters: 5_000_000, depth: 200, values: 500_000 };

/**
 * Returns what of the answer differs from the document, nothing when it holds. `base`: the address that the paths of the
 * document follow. Returns null when the document has no operation for the request.
 */
export function answerFaults(contract: Contract, { request, answer }: Exchange, base: string): AnswerFault[] | null {
  const operation = operationFor(contract, request, base);
  return operation ? faultsOfAnswer(contract, operation, answer) : null;
}

/** As `answerFaults`, for an answer whose operation is known. */
export function faultsOfAnswer(contract: Contract, operation: ContractOperation, answer: GivenAnswer): AnswerFault[] {
  const done = inBoundedTime(() => faultsIn(contract, operation, answer));
  if (done) return done.result;
  const text = "checking the answer against its schema takes too long";
  return [fault("schema-not-checkable", "body", operation.pointer, text)];
}

function faultsIn(contract: Contract, operation: ContractOperation, answer: GivenAnswer): AnswerFault[] {
  const described = documentedAnswer(operation, answer.status);
  if (!described) {
    const listed = operation.answers.map(({ status }) => status).join(", ");
    const text = `answered ${answer.status}, but the document lists ${listed || "no status"}`;
    return [fault("status-undocumented", "status", `${operation.pointer}/responses`, text)];
  }
  return [...headerFaults(contract, described, answer), ...bodyFaults(contract, operation, described, answer)];
}

function fault(code: AnswerFaultCode, place: string, pointer: string, text: string, rule?: string): AnswerFault {
  return { code, place, pointer, text, ...(rule !== undefined && { rule }) };
}

function headerFaults(contract: Contract, described: ContractAnswer, answer: GivenAnswer): AnswerFault[] {
  return described.headers.flatMap(({ name, isRequired, schema, pointer }) => {
    const lower = name.toLowerCase();
    const place = `header ${lower}`;
    const value = Object.hasOwn(answer.headers, lower) ? answer.headers[lower] : undefined;
    if (value === undefined)
      return isRequired ? [fault("header-missing", place, pointer, `the header ${name} is missing`)] : [];
    const found = validatorsOf(contract, "response").faultsOf(schema, coerced(contract, schema, value));
    return found.map((one) => {
      const code = one.rule === "unchecked" ? "schema-not-checkable" : "header-breaks-schema";
      return fault(code, place, pointer, `the header ${name} ${one.text}`, one.rule);
    });
  });
}

function bodyFaults(
  contract: Contract,
  { method }: ContractOperation,
  described: ContractAnswer,
  answer: GivenAnswer,
): AnswerFault[] {
  const { media, pointer } = described;
  const { status } = answer;
  // HTTP itself leaves out the body of these answers.
  if (method === "head" || status === 304) return [];
  // HTTP has no body here, so clients stop reading, and take what follows for the next answer.
  if (status === 204 && Number(answer.headers["content-length"] ?? 0) > 0) {
    const text = `answered 204 with a body of ${answer.headers["content-length"]} bytes`;
    return [fault("body-undocumented", "body", pointer, text)];
  }
  if (answer.bytes === 0) {
    if (media.length === 0 || status === 204) return [];
    return [fault("body-missing", "body", pointer, `answered ${status} without a body`)];
  }
  if (media.length === 0) {
    const text = `answered ${status} with a body of ${answer.bytes} bytes, which the document does not describe`;
    return [fault("body-undocumented", "body", pointer, text)];
  }
  const type = plainType(answer.headers["content-type"] ?? "");
  const found = mediaFor(media, type);
  if (!found) {
    const listed = media.map((one) => one.type).join(", ");
    const text = `answered ${status} as ${type || "no media type"}, but the document lists ${listed}`;
    return [fault("media-type-undocumented", "content-type", pointer, text)];
  }
  if (!isJsonType(type)) return textFaults(contract, found.schema, found.pointer, type, answer);
  const read = parsed(answer.body);
  if ("problem" in read) {
    const text = `answered ${status} with a body that is not valid JSON: ${read.problem}`;
    return [fault("body-malformed", "body", found.pointer, text)];
  }
  const problem = type === "application/problem+json" ? problemFaults(read.value, status, found.pointer) : [];
  return [...schemaFaults(contract, found.schema, read.value, found.pointer), ...problem];
}

/** Only text whose schema is about text can be checked; a picture is described as text, too. */
function textFaults(
  contract: Contract,
  schema: Schema | null,
  pointer: string,
  type: string,
  answer: GivenAnswer,
): AnswerFault[] {
  return type.startsWith("text/") ? schemaFaults(contract, schema, answer.body, pointer) : [];
}

function schemaFaults(contract: Contract, schema: Schema | null, value: unknown, pointer: string): AnswerFault[] {
  if (schema === null) return [];
  return validatorsOf(contract, "response")
    .faultsOf(schema, value)
    .map((found) => bodyFault(found, pointer));
}

function bodyFault({ place, rule, text }: ValueFault, pointer: string): AnswerFault {
  const code = rule === "unchecked" ? "schema-not-checkable" : "body-breaks-schema";
  return fault(code, `body${place}`, `${pointer}/schema`, `body${place} ${text}`, rule);
}

function parsed(text: string): { value: unknown } | { problem: string } {
  const beyond = beyondBounds(text, BOUNDS);
  if (beyond !== null) return { problem: beyond };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { problem: "it cannot be parsed" };
  }
}

/** RFC 9457: the members of a problem document have these types, and its status is that of the answer. */
function problemFaults(value: unknown, status: number, pointer: string): AnswerFault[] {
  const wrong = (place: string, text: string) => [fault("problem-document-wrong", place, pointer, text)];
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return wrong("body", "the problem document is not an object");
  const members = value as Record<string, unknown>;
  const faults = ["type", "title", "detail", "instance"].flatMap((name) =>
    members[name] === undefined || typeof members[name] === "string"
      ? []
      : wrong(`body/${name}`, `${name} of the problem document is not text`),
  );
  if (members.status !== undefined && members.status !== status)
    faults.push(
      ...wrong("body/status", `the problem document says ${JSON.stringify(members.status)}, and the answer ${status}`),
    );
  return faults;
}
