/** Compares answers with openapi.yaml. */
import assert from "node:assert/strict";
import { answerAt, isJson, mediaIn, operationsIn, readDocument } from "../src/api/document.ts";
import { answerSchemas, faultOf, schemaAtPointer } from "../src/api/schemas.ts";

const document = readDocument();
const operations = new Map(operationsIn(document).map((operation) => [operation.key, operation]));
const schemas = answerSchemas(document);

interface Response {
  statusCode: number;
  headers: Record<string, unknown>;
  body: string;
}

/** Fails when the document does not have such an answer for the operation, such as `GET /pets`. */
export function assertDocumented(key: string, { statusCode, headers, body }: Response): void {
  const operation = operations.get(key);
  assert.ok(operation, `openapi.yaml has no ${key}`);
  // A document that only names errors leaves open what follows a success.
  const { responses = {} } = operation.node;
  if (statusCode === 204 && Object.keys(responses as object).every((status) => /^[45]/.test(status))) return;
  const answer = answerAt(document, operation, statusCode);
  assert.ok(answer, `${key} answered ${statusCode}, which openapi.yaml does not have: ${body}`);
  const media = mediaIn(document, answer);
  if (body === "" || media.length === 0) return;
  const type = String(headers["content-type"]).split(";")[0] ?? "";
  const found = media.find((one) => one.type.split(";")[0] === type) ?? media.find((one) => one.type.includes("*"));
  assert.ok(found, `${key} answered ${type}, which openapi.yaml does not have`);
  if (!found.schema || !isJson(found.type)) return;
  const check = schemas.compile(schemaAtPointer(found.schema.pointer));
  assert.ok(check(JSON.parse(body)), `${key}: ${faultOf(check, "the answer")} ${body}`);
}
