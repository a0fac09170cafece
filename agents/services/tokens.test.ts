/** Services whose document asks for tokens, and some that cannot have the part that checks them. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { check, makeFrom } from "./testing/made";

const SECURED = `
openapi: 3.1.0
info: { title: Notes, version: "1" }
security: [{ login: [notes] }, { bearer: [] }]
paths:
  /notes/{noteId}:
    parameters: [{ name: noteId, in: path, required: true, schema: { type: string } }]
    get: { responses: { "200": { description: One, content: { application/json: { schema: { $ref: "#/components/schemas/Note" } } } } } }
    put:
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Note" } } } }
      responses: { "200": { description: One, content: { application/json: { schema: { $ref: "#/components/schemas/Note" } } } } }
  /about:
    get: { security: [], responses: { "200": { description: About, content: { text/plain: { schema: { type: string } } } } } }
components:
  schemas: { Note: { type: object, required: [text], properties: { text: { type: string } } } }
  securitySchemes:
    login: { type: oauth2, flows: { clientCredentials: { tokenUrl: "https://login.example.org/token", scopes: { notes: Notes } } } }
    bearer: { type: http, scheme: bearer }
`;

test("a document that asks for tokens becomes a service that checks them, and leaves open what it leaves open", async () => {
  const service = await makeFrom({ openapi: SECURED }, ["oidc"]);
  expect(service.files.has("src/api/keys.ts")).toBe(false);
  expect(service.files.get("README.md")).not.toContain("API_KEYS");
  expect(service.files.get("README.md")).toContain("export OIDC_AUDIENCE=sample");
  await check(service);
});

test("a document that asks for other keys is refused with the part", async () => {
  const openapi = readFileSync("node_modules/fastify-openapi-glue/test/petstore-openapi.v3.json", "utf8");
  await expect(makeFrom({ openapi }, ["oidc"])).rejects.toThrow("is no bearer token: leave out the part oidc");
});

test("a document with keys, or with nothing to list, has no pages", async () => {
  await expect(makeFrom({ openapi: SECURED }, [], "web-app")).rejects.toThrow("which a browser does not send");
  const openapi = SECURED.replace(/^security.*$/m, "");
  await expect(makeFrom({ openapi }, [], "web-app")).rejects.toThrow(
    "so there are no pages: use the blueprint rest-api",
  );
});
