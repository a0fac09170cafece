import { describe, expect, test } from "vitest";
import { inputChecks } from "@/lib/mcp/config/input-check";
import { readApiDocument } from "./document";
import { PETS_YAML, petsWith } from "./testing/pets";

const read = (document: unknown, address?: string) =>
  readApiDocument(typeof document === "string" ? document : JSON.stringify(document), address);
const named = async (document: unknown, name: string) => {
  const { operations, problems } = await read(document);
  return { found: operations.find((operation) => operation.name === name), problems };
};

const BODY_SCHEMA = "paths/~pets/post/requestBody/content/application~json/schema";

describe("a document", () => {
  test("in YAML and in JSON gives its operations, their schemas and base URLs", async () => {
    const yaml = await read(PETS_YAML);
    expect(await read(petsWith())).toEqual(yaml);
    expect(yaml).toMatchObject({
      title: "Pets",
      version: "1.2",
      servers: ["https://eu.pets.example/v1"],
      problems: [],
    });
    const list = yaml.operations.map(({ name, key }) => [name, key]);
    expect(list).toEqual([
      ["listPets", "GET /pets"],
      ["addPet", "POST /pets"],
      ["getPet", "GET /pets/{petId}"],
      ["removePet", "DELETE /pets/{petId}"],
      ["get_health", "GET /health"],
    ]);
    const [listPets, addPet, getPet] = yaml.operations;
    expect(Object.keys(listPets?.inputSchema.properties as object)).toEqual(["tag", "limit", "X-Trace"]);
    expect(listPets?.inputSchema).toMatchObject({
      properties: { limit: { type: ["integer", "null"], exclusiveMinimum: 0 } },
    });
    expect(addPet?.inputSchema).toMatchObject({
      required: ["body"],
      properties: { body: { $ref: "#/$defs/Pet" } },
      $defs: { Pet: { properties: { parent: { $ref: "#/$defs/Pet" }, age: { type: ["integer", "null"] } } } },
    });
    expect(getPet?.inputSchema).toMatchObject({ required: ["petId"], properties: { petId: { examples: ["rex"] } } });
    expect(getPet?.description).toBe("(GET /pets/{petId})");
    for (const { inputSchema } of yaml.operations) expect(inputChecks().schemaFault(inputSchema)).toBeUndefined();
  });

  test("of version 3.1 keeps what stands beside a reference, and its relative base URL follows its address", async () => {
    const document = petsWith({
      openapi: "3.1.0",
      servers: [{ url: "../api" }],
      "components/schemas/Pet/properties/age": { type: ["integer", "null"] },
      "components/schemas/Pet/properties/parent": { $ref: "#/components/schemas/Pet", description: "Its parent." },
      "paths/~pets/get/parameters/1/schema": { type: "integer", exclusiveMinimum: 0 },
    });
    const { servers, operations } = await read(document, "https://docs.example/specs/pets.json");
    expect(servers).toEqual(["https://docs.example/api"]);
    const defs = operations.find((operation) => operation.name === "addPet")?.inputSchema.$defs;
    expect(defs).toMatchObject({ Pet: { properties: { parent: { description: "Its parent." } } } });
  });

  test.each([
    ["no document", "hello", /not an OpenAPI document/],
    ["broken JSON", "{", /not valid JSON/],
    ["broken YAML", "openapi: [", /not valid YAML/],
    ["Swagger 2", '{"swagger": "2.0"}', /Swagger 2\.0: convert/],
    ["a foreign version", '{"openapi": "4.0.0"}', /must be 3\.0\.x/],
    ["no paths and no title", '{"openapi": "3.0.0"}', /not valid OpenAPI 3\.0\.0/],
    ["huge text", " ".repeat(4_194_305), /larger than 4 MB/],
    ["many values", `{"openapi": "3.0.0", "x": [${"0,".repeat(400_000)}0]}`, /more than 300000 values/],
    ["deep nesting", `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`, /nested more than 100/],
    ["deep nesting of YAML", `openapi: 3.0.0\nx:\n  ${"? ".repeat(3_000)}`, /nested too deeply/],
    [
      "aliases that unfold",
      `a: &a [x, x, x, x, x, x, x, x, x]\n${[..."bcdefghij"].map((name, at) => `${name}: &${name} [${`*${"abcdefghij"[at]}, `.repeat(9)}x]`).join("\n")}`,
      /not valid YAML|too large/,
    ],
    ["an alias to itself", "openapi: &a [*a]", /not valid YAML|OpenAPI/],
  ])("that is %s is refused in one sentence", async (_, text, why) => {
    await expect(read(text)).rejects.toThrow(why);
    await expect(read(text)).rejects.toMatchObject({ name: "ApiDocumentError" });
  });
});

describe("a large document", () => {
  const answers = { responses: { "200": { description: "ok" } } };
  const read300 = (more: object) => read({ openapi: "3.0.3", info: { title: "x", version: "1" }, paths: {}, ...more });

  test("whose lists take too long to compare is refused in one sentence", async () => {
    const parameters = Array.from({ length: 20_000 }, (_, at) => ({ name: `p${at}`, in: "query", schema: {} }));
    await expect(read300({ paths: { "/a": { get: { ...answers, parameters } } } })).rejects.toThrow(
      /^Checking the document takes too long/,
    );
  });

  test("says how many operations are beyond the limit", async () => {
    const paths = Object.fromEntries(Array.from({ length: 2_003 }, (_, at) => [`/p${at}`, { get: answers }]));
    const { operations, problems } = await read300({ paths });
    expect([operations.length, problems]).toEqual([
      2_000,
      ["It has 2003 operations: those after the first 2000 were left out."],
    ]);
  });

  test("may have a long chain of references", async () => {
    const pet = (at: number) => ({ $ref: `#/components/schemas/S${at}` });
    const schemas = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`S${at}`, { allOf: [pet(at + 1)] }]));
    const body = { requestBody: { content: { "application/json": { schema: pet(0) } } } };
    const { operations, problems } = await read300({
      paths: { "/a": { post: { ...answers, ...body } } },
      components: { schemas: { ...schemas, S5000: { type: "string" } } },
    });
    expect(problems).toEqual([]);
    expect(operations[0]?.inputSchema.$defs).toMatchObject({ S5000: { type: "string" } });
  });

  test("loses only the operations whose references lead nowhere", async () => {
    const document = petsWith({ [BODY_SCHEMA]: { $ref: "#/components/schemas/None" } });
    const { operations, problems } = await read(document);
    expect(operations.map(({ name }) => name)).toEqual(["listPets", "getPet", "removePet", "get_health"]);
    expect(problems).toEqual([
      expect.stringMatching(/^The operation POST \/pets was left out, because its reference .* leads nowhere\.$/),
    ]);
  });
});

describe("a hostile operation", () => {
  test("with a schema that only refers to itself, or unfolds without end, is never offered", async () => {
    const loop = { $ref: "#/components/schemas/Loop" };
    const document = petsWith({ "components/schemas/Loop": { allOf: [loop] }, [BODY_SCHEMA]: loop });
    const { found } = await named(document, "addPet");
    expect(inputChecks().schemaFault(found?.inputSchema ?? {})).toMatch(/refers to itself/);
  });

  test("with references to a file or another host is left out; nothing is read", async () => {
    for (const $ref of ["file:///etc/passwd", "https://evil.example/pet.json#/Pet", "../secrets.yaml", "pet.json"]) {
      const { operations, problems } = await read(petsWith({ [BODY_SCHEMA]: { $ref } }));
      expect(operations.map((operation) => operation.name)).not.toContain("addPet");
      expect(problems.join()).toMatch(/POST \/pets was left out, because it refers to another document/);
    }
  });

  test("ids that clash, are odd, or mean something to a program become plain and different names", async () => {
    const ids = ["listPets", "listPets", "../../etc", "__proto__", "a\nb\u202e<script>"];
    const places = ["~pets/get", "~pets/post", "~pets~{petId}/get", "~pets~{petId}/delete", "~health/get"];
    const document = petsWith(Object.fromEntries(places.map((place, at) => [`paths/${place}/operationId`, ids[at]])));
    const { operations } = await read(document);
    expect(operations.map((operation) => operation.name)).toEqual([
      "listPets",
      "listPets_2",
      "etc",
      "proto",
      "a_b_script",
    ]);
    const long = petsWith({ "paths/~pets/get/operationId": "x".repeat(500) });
    expect((await read(long)).operations[0]?.name).toHaveLength(40);
  });

  test("arguments of one name, and names of an object's own, become different properties", async () => {
    const inQuery = (name: string) => ({ name, in: "query", schema: { type: "string" } });
    const parameters = ["petId", "body", "__proto__"].map(inQuery);
    const document = petsWith({ "paths/~pets~{petId}/get/parameters": parameters });
    const { found } = await named(document, "getPet");
    const properties = ["petId", "petId_query", "body", "__proto___query"];
    expect(Object.keys(found?.inputSchema.properties as object)).toEqual(properties);
    expect(found?.operation.parameters.map((parameter) => parameter.argument)).toEqual(properties);
  });

  test("that sets the connection's headers does not, and one that needs a cookie or an upload is left out", async () => {
    const headers = ["Host", "Authorization", "Content-Length", "Transfer-Encoding", "Cookie"];
    const schema = { type: "string" };
    const document = petsWith({
      "paths/~pets/get/parameters": headers.map((name) => ({ name, in: "header", schema })),
      "paths/~pets~{petId}/get/parameters": [{ name: "sid", in: "cookie", required: true, schema }],
      "paths/~pets/post/requestBody/content": { "multipart/form-data": { schema: { type: "object" } } },
    });
    const { operations, problems } = await read(document);
    expect(operations.find((operation) => operation.name === "listPets")?.operation.parameters).toEqual([]);
    expect(problems).toEqual([
      expect.stringContaining("only JSON, forms and plain text"),
      expect.stringContaining("it needs the cookie sid"),
    ]);
  });

  test("whose body has a type that no header can name is left out", async () => {
    const document = petsWith({ "paths/~pets/post/requestBody/content": { "application/ü+json": { schema: {} } } });
    const { found, problems } = await named(document, "addPet");
    expect([found, problems]).toEqual([undefined, [expect.stringContaining("no type that a header can name")]]);
  });

  test.each(["/a/../admin", "/a/%2E%2e/b", "/a?x=1", "/a b", "/a\\b", "/{none}"])(
    "with the path %s is left out",
    async (path) => {
      const document = petsWith({ paths: { [path]: { get: { responses: { "200": { description: "ok" } } } } } });
      const { operations, problems } = await read(document);
      expect([operations, problems]).toEqual([[], [expect.stringContaining("its path")]]);
    },
  );
});
