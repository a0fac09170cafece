/**
 * A service without code: it answers each operation of a document with a valid example, and refuses requests that break
 * the document. It keeps nothing, and listens on this machine only.
 */
import http from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import {
  type Contract,
  type ContractAnswer,
  type ContractMedia,
  type ContractOperation,
  isJsonType,
  type Schema,
} from "@/core/contract/contract";
import type { SentRequest } from "@/core/contract/exchange";
import { flattened, listOf } from "@/core/contract/flatten";
import { inBoundedTime } from "@/lib/mcp/config/bounded-check";
import { drawingOf, values } from "./generate/values";
import { operationFor, pathBelow, valuesInPath } from "./match";
import { type RequestFault, type RequestFaultCode, requestFaults } from "./requests";
import { validatorsOf } from "./validators";

const MOST_BYTES = 5_000_000;
const DRAW_MS = 3_000;
/** The same request gets the same answer. */
const SEED = 1;

export interface Mock {
  url: string;
  stop(): Promise<void>;
}

interface MockAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export interface MockOptions {
  /** 0: any free one. */
  port: number;
  onAnswer?(line: { method: string; path: string; status: number }): void;
}

/** Resolves when it listens. Rejects when the port is in use. */
export async function startMock(contract: Contract, { port, onAnswer }: MockOptions): Promise<Mock> {
  const server = http.createServer(async (request, response) => {
    const path = request.url ?? "/";
    const body = await bodyOf(request);
    const answer =
      body === null
        ? refusal(413, "The body is too large.")
        : answerSafely(contract, base, asSent(request, `${base}${path}`, body));
    response.writeHead(answer.status, answer.headers).end(answer.body === "" ? undefined : answer.body);
    onAnswer?.({ method: request.method ?? "", path, status: answer.status });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: base,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Resolves with null for a body that is too large, or that did not come whole. */
async function bodyOf(request: http.IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes <= MOST_BYTES) chunks.push(chunk);
    }
  } catch {
    return null;
  }
  return bytes > MOST_BYTES ? null : Buffer.concat(chunks).toString("utf8");
}

function asSent({ method, headers }: http.IncomingMessage, url: string, body: string): SentRequest {
  const texts = Object.entries(headers).map(([name, value]): [string, string] => {
    return [name, Array.isArray(value) ? value.join(", ") : (value ?? "")];
  });
  return { method: method ?? "", url, headers: Object.fromEntries(texts), body: body === "" ? null : body };
}

/** A document may ask for what cannot be sent, for example a header with a name that headers cannot have. */
function answerSafely(contract: Contract, base: string, request: SentRequest): MockAnswer {
  try {
    const answer = answerTo(contract, base, request);
    for (const [name, value] of Object.entries(answer.headers)) http.validateHeaderValue(name, value);
    for (const name of Object.keys(answer.headers)) http.validateHeaderName(name);
    return answer;
  } catch (error) {
    return refusal(500, `No example can be made: ${(error as Error).message}.`);
  }
}

function answerTo(contract: Contract, base: string, request: SentRequest): MockAnswer {
  const operation = operationFor(contract, request, base);
  if (!operation) {
    const path = pathBelow(request.url, base) ?? "";
    const hasOthers = contract.operations.some((other) => valuesInPath(other.path, path) !== null);
    return refusal(hasOthers ? 405 : 404, `The document has no ${request.method} ${path}.`);
  }
  const faults = requestFaults(contract, operation, request, base);
  if (!faults) return refusal(400, "The schemas of this operation cannot be checked.");
  const [first] = faults;
  if (first) return refused(contract, operation, first);
  const answer = chosen(operation, request);
  return answer ? example(contract, operation, answer, request, base) : { status: 200, headers: {}, body: "" };
}

const STATUSES: Record<RequestFaultCode, number> = {
  "parameter-missing": 422,
  "parameter-breaks-schema": 422,
  "body-missing": 422,
  "body-breaks-schema": 422,
  "body-malformed": 400,
  "media-type-undocumented": 415,
};

/** Answers with the status that is usual for the fault, if the document has it, or with another one of the 4xx. */
function refused(contract: Contract, operation: ContractOperation, fault: RequestFault): MockAnswer {
  const usual = STATUSES[fault.code];
  const listed = operation.answers
    .map(({ status }) => Number(status))
    .filter((status) => status >= 400 && status < 500);
  const status = [usual, 422, 400].find((one) => listed.includes(one)) ?? listed[0] ?? usual;
  const described = operation.answers.find((answer) => answer.status === String(status));
  const made = refusal(status, `${fault.text}.`);
  const media = described?.media[0];
  if (!media) return described ? { ...made, body: "", headers: {} } : made;
  const isValid =
    media.schema === null ||
    validatorsOf(contract, "response").faultsOf(media.schema, JSON.parse(made.body)).length === 0;
  return {
    ...made,
    body: isValid ? made.body : textOf(media, bodyFor(contract, media)),
    headers: { "content-type": media.type },
  };
}

function refusal(status: number, detail: string): MockAnswer {
  const body = JSON.stringify({ type: "about:blank", title: "The request is refused.", status, detail });
  return { status, headers: { "content-type": "application/problem+json" }, body };
}

/** Returns the answer that the client prefers (`Prefer: code=404`), or the first good one. */
function chosen({ answers }: ContractOperation, { headers }: SentRequest): ContractAnswer | null {
  const [, code] = /\bcode=(\d{3})\b/.exec(headers.prefer ?? "") ?? [];
  const preferred = code === undefined ? undefined : answers.find(({ status }) => status === code);
  const good = answers.filter(({ status }) => status.startsWith("2")).sort((a, b) => (a.status < b.status ? -1 : 1));
  return preferred ?? good[0] ?? answers[0] ?? null;
}

function example(
  contract: Contract,
  operation: ContractOperation,
  answer: ContractAnswer,
  request: SentRequest,
  base: string,
): MockAnswer {
  const status = /^\d{3}$/.test(answer.status) ? Number(answer.status) : 200;
  const headers = answer.headers
    .filter(({ isRequired }) => isRequired)
    .map(({ name, schema }): [string, string] => {
      return [name, String(drawnValue(contract, schema, true) ?? "")];
    });
  const [media] = answer.media;
  if (!media) return { status, headers: Object.fromEntries(headers), body: "" };
  const value = withAskedId(contract, media, bodyFor(contract, media), idIn(operation, request, base));
  const type = media.type.includes("*") ? "application/octet-stream" : media.type;
  return { status, headers: { ...Object.fromEntries(headers), "content-type": type }, body: textOf(media, value) };
}

function textOf({ type }: ContractMedia, value: unknown): string {
  return isJsonType(type) || typeof value !== "string" ? JSON.stringify(value) : value;
}

const bodies = new WeakMap<ContractMedia, { value: unknown }>();

/** Returns an example of the document, or a value that its schema allows: made once. */
function bodyFor(contract: Contract, media: ContractMedia): unknown {
  const known = bodies.get(media) ?? { value: makeBody(contract, media) };
  bodies.set(media, known);
  return known.value;
}

function makeBody(contract: Contract, { schema, examples }: ContractMedia): unknown {
  if (schema === null) return examples[0] ?? {};
  const validators = validatorsOf(contract, "response");
  const given = [...examples, ...listOf(flattened(contract, schema).node.examples)];
  const valid = inBoundedTime(() => given.find((value) => validators.faultsOf(schema, value).length === 0));
  return valid?.result ?? drawnValue(contract, schema, false);
}

function drawnValue(contract: Contract, schema: Schema, isPlain: boolean): unknown {
  const drawn = inBoundedTime(() => {
    const arbitrary = values(drawingOf(contract, isPlain, "response"), schema);
    const tries = fc.sample(arbitrary, { seed: SEED, numRuns: 20 });
    const validators = validatorsOf(contract, "response");
    const valid = tries.filter((value) => validators.faultsOf(schema, value).length === 0);
    // An empty list is valid, and shows nothing.
    return valid.sort((left, right) => sizeOf(right) - sizeOf(left))[0] ?? tries[0];
  }, DRAW_MS);
  return drawn?.result ?? null;
}

function sizeOf(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}

function idIn({ path }: ContractOperation, { url }: SentRequest, base: string): string | null {
  if (!path.endsWith("}")) return null;
  const last = [...(valuesInPath(path, pathBelow(url, base) ?? "")?.values() ?? [])].at(-1);
  return last === undefined ? null : decodeURIComponent(last);
}

/** Who asks for one resource gets an example with its id, where that is a text. */
function withAskedId(contract: Contract, { schema }: ContractMedia, value: unknown, id: string | null): unknown {
  if (id === null || schema === null || typeof value !== "object" || value === null || !("id" in value)) return value;
  const changed = { ...value, id };
  const faults = inBoundedTime(() => validatorsOf(contract, "response").faultsOf(schema, changed));
  return faults?.result.length === 0 ? changed : value;
}
