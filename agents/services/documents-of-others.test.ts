/** Services made of real documents: they pass their own check, and each operation answers what the document says. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { expect, test } from "vitest";
import type { ServiceOperation } from "@/core/services/document/operations";
import { isNode, type Node, resolve } from "@/core/services/document/parts";
import { pathWith, requestOf } from "@/core/services/model/requests";
import { check, type MadeFromDocument, makeFrom, start } from "./testing/made";

const DOCUMENTS: { file: string; parts: string[]; stored: string[]; operations: number }[] = [
  {
    file: "node_modules/@scalar/galaxy/dist/latest.yaml",
    parts: ["sqlite", "docker", "github-ci"],
    stored: ["/planets/{planetId}"],
    operations: 9,
  },
  {
    file: "node_modules/fastify-openapi-glue/test/petstore-openapi.v3.json",
    parts: [],
    stored: ["/pet/{petId}", "/store/order/{orderId}", "/user/{username}"],
    operations: 20,
  },
  { file: "node_modules/rclone-openapi/openapi.json", parts: [], stored: [], operations: 101 },
];
const KEY = "a-key-of-this-test";

test.each(DOCUMENTS)("$file becomes a service whose operations answer as it says", async ({ file, ...expected }) => {
  const service = await makeFrom({ openapi: readFileSync(file, "utf8") }, expected.parts);
  const { model } = service;
  expect(model.resources.map(({ item }) => item)).toEqual(expected.stored);
  expect(model.operations.length).toBe(expected.operations);
  await check(service);
  const running = await start(service, model.isSecured ? { API_KEYS: KEY } : {});
  const said = running
    .log()
    .split("\n")
    .find((line) => line.includes("answer with an example"));
  for (const { key } of model.unwritten) expect(said).toContain(key);
  const faults: string[] = [];
  const answered = await askAll(service, running.address, faults);
  expect(faults).toEqual([]);
  expect(answered).toBe(expected.operations);
  await running.stop();
});

/** Sends a valid request to each operation: first those that create, last those that remove. Returns how many answered. */
async function askAll({ model }: MadeFromDocument, address: string, faults: string[]): Promise<number> {
  const ids = new Map<string, string>();
  const role = (operation: ServiceOperation) =>
    model.resources.flatMap(({ does }) => does).find((one) => one.operation === operation)?.does.kind;
  const order = [...model.operations].sort((a, b) => rank(role(a)) - rank(role(b)));
  const validate = validatorOf(model.document);
  let answered = 0;
  for (const operation of order) {
    const request = requestOf(model, operation, KEY);
    const owner = model.resources.find(({ item }) => operation.path.startsWith(item));
    const path = pathWith(operation, (name) =>
      encodeURIComponent((owner?.key === name ? ids.get(owner.item) : undefined) ?? request.params[name] ?? ""),
    );
    const { headers, method, body } = request;
    const isText = typeof body === "string" && !/json/.test(headers["content-type"] ?? "");
    const response = await fetch(`${address}${model.base}${path}${request.search}`, {
      method,
      headers,
      ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status !== operation.answer.status)
      faults.push(`${operation.key} answered ${response.status}: ${text}`);
    const fault = validate(operation, response.status, response.headers.get("content-type"), text);
    if (fault !== null) faults.push(`${operation.key}: ${fault}`);
    const created = model.resources.find(({ does }) =>
      does.some((one) => one.operation === operation && one.does.kind === "create"),
    );
    if (created?.id) {
      const shown = text === "" ? body : JSON.parse(text);
      ids.set(created.item, String((shown as Node)[created.id.property]));
    }
    answered += 1;
  }
  return answered;
}

function rank(kind: string | undefined): number {
  return kind === "create" ? 0 : kind === "remove" ? 2 : 1;
}

function withoutWord(document: Node, word: string): Node {
  return JSON.parse(JSON.stringify(document, (key, value) => (key === word ? undefined : value)));
}

/** Reads the document again, without the code of the service. */
function validatorOf(document: Node) {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, logger: false });
  formats.default(ajv);
  const isOld = String(document.openapi).startsWith("3.0");
  // In later documents the word says nothing, and ajv reads it all the same.
  const told = isOld ? document : withoutWord(document, "nullable");
  ajv.addSchema(withoutWriteOnly(told) as Node, "document");
  return ({ path, method }: ServiceOperation, status: number, type: string | null, text: string): string | null => {
    const operation = ((document.paths as Node)[path] as Node)[method] as Node;
    const answers = operation.responses as Node;
    const name = [String(status), "default"].find((one) => Object.hasOwn(answers, one));
    const onlyErrors = Object.keys(answers).every((one) => /^[45]/.test(one));
    if (name === undefined) return onlyErrors && status === 204 && text === "" ? null : `${status} is not documented`;
    const { node, pointer } = resolve(document, {
      node: answers[name],
      pointer: `#/paths/${coded(path)}/${method}/responses/${name}`,
    });
    const content = isNode(node.content) ? node.content : null;
    if (content === null) return text === "" ? null : "a body is not documented";
    const [media = ""] = (type ?? "").split(";");
    if (!isNode(content[media])) return `${type} is not documented`;
    const schema = { $ref: `document${pointer}/content/${coded(media)}/schema` };
    return ajv.validate(schema, JSON.parse(text)) ? null : `${ajv.errorsText()} in ${text}`;
  };
}

const coded = (name: string) => encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"));

/** What is only written is never required of an answer. */
function withoutWriteOnly(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWriteOnly);
  if (!isNode(value)) return value;
  const { properties, required } = value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutWriteOnly(part)]));
  if (!isNode(properties) || !Array.isArray(required)) return copy;
  return { ...copy, required: required.filter((name) => (properties[name] as Node | undefined)?.writeOnly !== true) };
}

test("a request without a key, one that is not valid, and an item that is gone are problems", async () => {
  const service = await makeFrom({ openapi: readFileSync(DOCUMENTS[0]?.file ?? "", "utf8") }, ["sqlite"]);
  await expect(start(service)).rejects.toThrow("Set API_KEYS");
  const { address, stop } = await start(service, { API_KEYS: `other, ${KEY}` });
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${address}${path}`, init);
    return {
      status: response.status,
      type: response.headers.get("content-type"),
      body: (await response.json()) as Node,
    };
  };
  expect(await ask("/me")).toMatchObject({ status: 401, body: { detail: "The request needs a valid key." } });
  expect(await ask("/me", { headers: { authorization: "Bearer wrong" } })).toMatchObject({ status: 401 });
  expect(await ask("/me", { headers: { "x-api-key": KEY } })).toMatchObject({ status: 200 });
  const basic = `Basic ${Buffer.from(`user:${KEY}`).toString("base64")}`;
  expect(await ask("/me", { headers: { authorization: basic } })).toMatchObject({ status: 200 });
  expect(await ask("/planets?limit=many")).toMatchObject({ status: 400 });
  expect(await ask("/planets/9")).toMatchObject({ status: 404, body: { status: 404, title: "Not Found" } });
  expect(await ask("/nothing")).toMatchObject({
    status: 404,
    type: expect.stringContaining("application/problem+json"),
  });
  const send = (body: string, type = "application/json") =>
    ask("/planets", { method: "POST", body, headers: { authorization: `Bearer ${KEY}`, "content-type": type } });
  expect(await send("{")).toMatchObject({ status: 400 });
  expect(await send("{}")).toMatchObject({ status: 400 });
  // The document has no 415.
  expect(await send("<planet/>", "application/xml")).toMatchObject({ status: 400 });
  const owner = { name: "Marc", email: "marc@example.org", password: "secret" };
  const made = await send(JSON.stringify({ id: 77, name: "Mars", creator: owner }));
  expect(made).toMatchObject({ status: 201, body: { id: 1, name: "Mars", creator: { name: "Marc" } } });
  expect(JSON.stringify(made.body)).not.toContain("secret");
  expect(await ask("/planets")).toMatchObject({ body: { data: [{ id: 1 }], meta: { total: 1, offset: 0 } } });
  await stop();
});
