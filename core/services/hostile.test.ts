/** Documents of strangers: every text in them is data, and what cannot be served is refused with one sentence. */
import { parseSync } from "oxc-parser";
import { expect, test } from "vitest";
import { codeFiles } from "./code";
import { isNode, type Node } from "./document/parts";
import { modelOf } from "./model/model";

const NASTY = [
  '"); globalThis.pwned = 1; ("',
  "*/ globalThis.pwned = 1; /*",
  `\`\${globalThis.pwned = 1}\``,
  "'; globalThis.pwned = 1; '",
  "\n globalThis.pwned = 1 \u2028 pwned()",
  "../../../etc/pwned",
  "__proto__",
  "constructor",
  "delete",
  "宠物",
  "",
];

const answers = (schema: unknown = { type: "object" }): Node => ({
  "200": { description: "OK", content: { "application/json": { schema } } },
});

function documentWith(paths: Node, more: Node = {}): Node {
  return { openapi: "3.1.0", info: { title: "T", version: "1" }, paths, ...more };
}

test.each(NASTY)("V2: the text %j is data wherever it stands", (text) => {
  const thing = {
    type: "object",
    title: text,
    description: text,
    required: ["id", text],
    properties: { id: { type: "string", description: text }, [text]: { type: "string", enum: [text, "other"] } },
    example: { id: text, [text]: text },
  };
  const ref = { $ref: "#/components/schemas/Thing" };
  const operation = (name: string): Node => ({
    operationId: `${text}${name}`,
    summary: text,
    description: text,
    tags: [text],
    parameters: [{ name: text || "q", in: "query", required: true, schema: { type: "string", default: text } }],
    responses: answers(ref),
  });
  const body = { content: { "application/json": { schema: ref } } };
  const document = documentWith(
    {
      "/things": {
        get: { ...operation(""), responses: answers({ type: "array", items: ref }) },
        post: { ...operation(""), requestBody: body },
      },
      "/things/{id}": {
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
        get: operation(""),
        put: { ...operation("x"), requestBody: body },
        delete: operation("y"),
      },
      "/other": { get: { ...operation("z"), responses: answers({ type: "object", example: { [text]: text } }) } },
    },
    {
      components: { schemas: { Thing: thing, [`${text}Other`]: { type: "string", const: text } } },
      info: { title: text, version: text },
    },
  );
  const model = modelOf(document);
  const files = codeFiles(model, { code: "openapi-typescript-pages" }, []);
  expect(model.resources.map(({ item }) => item)).toEqual(["/things/{id}"]);
  for (const [file, code] of files) {
    expect(file).toMatch(/^(src|test)\/([a-z-]+\/)?[a-z0-9-]+(\.test)?\.ts$/);
    const { errors, program } = parseSync(file, code);
    expect([file, errors.map(({ message }) => message)]).toEqual([file, []]);
    expect(identifiersIn(program)).not.toContain("pwned");
  }
});

/** Returns the names that code uses, without texts and comments. */
function identifiersIn(tree: unknown): string[] {
  const found: string[] = [];
  const open = [tree];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (Array.isArray(node)) open.push(...node.filter((one) => one !== undefined));
    else if (isNode(node)) {
      if (node.type === "Identifier" || node.type === "PrivateIdentifier") found.push(String(node.name));
      open.push(...Object.values(node).filter((one) => one !== undefined));
    }
  }
  return found;
}

const path = (name: string, more: Node = {}): Node => ({ [name]: { get: { responses: answers(), ...more } } });

test.each<[string, Node, string]>([
  ["without an operation", documentWith({}), "has no operation"],
  [
    "with a reference to another host",
    documentWith(path("/a", { responses: answers({ $ref: "https://example.org/x.json" }) })),
    "nothing outside of it is read",
  ],
  [
    "with a reference to a file",
    documentWith(path("/a", { responses: answers({ $ref: "../secrets.yaml#/x" }) })),
    "nothing outside of it is read",
  ],
  [
    "with a reference to nothing",
    documentWith(path("/a", { responses: answers({ $ref: "#/components/x" }) })),
    "which it does not have",
  ],
  [
    "with a usual answer that refers to nothing",
    documentWith(path("/a", { responses: { ...answers(), default: { $ref: "#/components/x" } } })),
    "which it does not have",
  ],
  [
    "with references in a circle",
    documentWith(path("/a"), {
      components: { schemas: { A: { $ref: "#/components/schemas/B" }, B: { $ref: "#/components/schemas/A" } } },
    }),
    "in a circle",
  ],
  [
    "with a schema made of itself",
    documentWith(path("/a"), {
      components: { schemas: { A: { allOf: [{ type: "object" }, { $ref: "#/components/schemas/A" }] } } },
    }),
    "is made of itself",
  ],
  ["with paths that clash", documentWith({ ...path("/a/{x}"), ...path("/a/{y}") }), "match the same requests"],
  ["with a path that leads up", documentWith(path("/a/../b")), "cannot be served"],
  ["with a path that has no end", documentWith(path("/a/*")), "cannot be served"],
  ["with a blank in a path", documentWith(path("/a b")), "cannot be served"],
  ["with an unknown parameter", documentWith(path("/a/{x}")), "does not describe its parameter x"],
  [
    "with too many operations",
    documentWith(Object.assign({}, ...Array.from({ length: 501 }, (_, n) => path(`/a${n}`)))),
    "more than 500 operations",
  ],
])("a document %s is refused with one sentence", (_what, document, sentence) => {
  expect(() => modelOf(document)).toThrow(sentence);
});

test("schemas that contain themselves many times come to an end", () => {
  const self = { $ref: "#/components/schemas/Tree" };
  const properties = Object.fromEntries(
    Array.from({ length: 20 }, (_, n) => [`p${n}`, n % 2 ? self : { type: "array", items: self, minItems: 2 }]),
  );
  const required = Object.keys(properties);
  const schemas = { Tree: { type: "object", required, properties }, Deep: { allOf: [{ anyOf: [self, self] }, self] } };
  const document = documentWith(
    {
      "/trees": {
        post: { requestBody: { content: { "application/json": { schema: self } } }, responses: answers(self) },
      },
      "/trees/{id}": {
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
        get: { responses: answers({ $ref: "#/components/schemas/Deep" }) },
      },
    },
    { components: { schemas } },
  );
  const files = codeFiles(modelOf(document), { code: "openapi-typescript-pages" }, []);
  for (const [file, code] of files) expect(parseSync(file, code).errors).toEqual([]);
});

test("resources with one schema, and operations with one id, get names of their own", () => {
  const ref = { $ref: "#/components/schemas/User" };
  const body = { required: true, content: { "application/json": { schema: ref } } };
  const key = { name: "id", in: "path", required: true, schema: { type: "string" } };
  const place = (path: string): Node => ({
    [path]: { post: { operationId: "add", requestBody: body, responses: answers(ref) } },
    [`${path}/{id}`]: { parameters: [key], get: { operationId: "add", responses: answers(ref) } },
  });
  const schemas = {
    User: {
      type: "object",
      required: ["id"],
      properties: { id: { type: "string", readOnly: true }, name: { type: "string" } },
    },
  };
  const paths = {
    ...place("/users"),
    ...place("/admins"),
    ...place("/old/users"),
    "/x": { get: { operationId: "usersOperations", responses: answers() } },
  };
  const model = modelOf(documentWith(paths, { components: { schemas } }));
  const code = codeFiles(model, { code: "openapi-typescript-pages" }, []).get("src/operations.ts") ?? "";
  const imported = [...code.matchAll(/^import \{ (\w+) \}/gm)].map((match) => match[1]);
  expect(imported).toEqual(["usersOperations", "adminsOperations", "users2Operations", "usersOperationsCall"]);
  expect(new Set(model.operations.map(({ name }) => name)).size).toBe(model.operations.length);
  expect(parseSync("src/operations.ts", code).errors).toEqual([]);
});
