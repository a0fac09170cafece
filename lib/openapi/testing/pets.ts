/** An OpenAPI document for tests, in YAML, and as an object with changes. */
import { parse } from "yaml";

export const PETS_YAML = `
openapi: 3.0.3
info: { title: Pets, version: "1.2" }
servers:
  - url: https://{region}.pets.example/v1
    variables: { region: { default: eu } }
paths:
  /pets:
    get:
      operationId: listPets
      summary: Lists pets.
      parameters:
        - { name: tag, in: query, schema: { type: array, items: { type: string } } }
        - { name: limit, in: query, schema: { type: integer, minimum: 0, exclusiveMinimum: true, nullable: true } }
        - { name: X-Trace, in: header, schema: { type: string } }
        - { name: session, in: cookie, schema: { type: string } }
      responses: { "200": { description: ok } }
    post:
      operationId: addPet
      description: Adds a pet.
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } }
      responses: { "201": { description: ok } }
  /pets/{petId}:
    parameters:
      - { $ref: "#/components/parameters/PetId" }
    get:
      operationId: getPet
      responses: { "200": { description: ok } }
    delete:
      operationId: removePet
      responses: { "204": { description: ok } }
  /health:
    get:
      summary: Says whether it works.
      responses: { "200": { description: ok } }
components:
  parameters:
    PetId: { name: petId, in: path, required: true, schema: { type: string }, example: rex }
  schemas:
    Pet:
      type: object
      required: [name]
      properties:
        name: { type: string, example: Rex }
        parent: { $ref: "#/components/schemas/Pet" }
        age: { type: integer, nullable: true }
`;

/** Returns the document with other values at these places: `{"info/title": "Cats"}`; `~` stands for a slash in a key. */
export function petsWith(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const document = parse(PETS_YAML) as Record<string, unknown>;
  for (const [place, value] of Object.entries(changes)) {
    const keys = place.split("/").map((key) => key.replaceAll("~", "/"));
    let at = document;
    for (const key of keys.slice(0, -1)) at = at[key] as Record<string, unknown>;
    at[keys.at(-1) ?? ""] = value;
  }
  return document;
}
