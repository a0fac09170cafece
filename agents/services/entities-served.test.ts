/** Services of entities: at the limits of their fields, and across a restart. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { probe } from "@/lib/contract/probe/probe";
import { readContract } from "@/lib/contract/read";
import { ENTITIES } from "./testing/entities";
import { check, makeFrom, start } from "./testing/made";

test.each([[[]], [["sqlite"]], [["postgres"]]])(
  "items are unique, belong to each other and have pages, with %j",
  async (parts: string[]) => {
    const service = await makeFrom({ entities: ENTITIES }, parts);
    const running = await start(service);
    const ask = asker(running.address);
    const customer = (email: string) => ask("POST", "/customers", { email });
    const ann = await customer("ann@example.org");
    expect(ann).toMatchObject({ status: 201, body: { email: "ann@example.org", id: expect.any(String) } });
    expect(await customer("ann@example.org")).toMatchObject({ status: 409, body: { title: "Conflict" } });
    expect(await customer("nobody")).toMatchObject({ status: 400 });
    const order = (customer_id: unknown) => ask("POST", "/orders", { customer_id, total: 5, state: "open" });
    expect(await order("3f2b8c1e-9d4a-4f6b-8a1c-2e5d7f9b0c3d")).toMatchObject({ status: 422 });
    for (let count = 0; count < 3; count += 1) expect(await order(ann.body.id)).toMatchObject({ status: 201 });
    expect(await ask("DELETE", `/customers/${ann.body.id}`)).toMatchObject({ status: 409 });
    const first = await ask("GET", `/orders?limit=2&customer_id=${ann.body.id}&state=open`);
    expect(first.body.items).toHaveLength(2);
    const rest = await ask("GET", `/orders?limit=2&cursor=${first.body.next_cursor}`);
    expect(rest.body).toMatchObject({ items: [{ total: 5 }], next_cursor: null });
    expect((await ask("GET", "/orders?state=paid")).body.items).toEqual([]);
    expect(await ask("GET", "/orders?limit=0")).toMatchObject({ status: 400 });
    const one = `/orders/${rest.body.items[0].id}`;
    expect(await ask("PATCH", one, { state: "paid", gift: true })).toMatchObject({
      status: 200,
      body: { state: "paid", total: 5 },
    });
    expect((await ask("GET", "/orders?gift=true")).body.items).toHaveLength(1);
    expect(await ask("DELETE", one)).toMatchObject({ status: 204 });
    expect(await ask("GET", one)).toMatchObject({ status: 404 });
    await running.stop();
    // Only a database outlives the service.
    const again = await start(service);
    const { body } = await asker(again.address)("GET", "/customers");
    expect(body.items).toHaveLength(parts.length);
    expect(existsSync(path.join(service.folder, "data/service.db"))).toBe(parts.includes("sqlite"));
    await again.stop();
  },
);

test.each(["sqlite", "postgres"])("generated requests find nothing in a service of entities with %s", async (part) => {
  const service = await makeFrom({ entities: ENTITIES }, [part]);
  const running = await start(service);
  const contract = await readContract(readFileSync(path.join(service.folder, "openapi.yaml"), "utf8"));
  const given = { url: running.address, requests: 300, seed: 1, headers: {}, milliseconds: 60_000 };
  const { findings, operations } = await probe(contract, given);
  expect(findings).toEqual([]);
  expect(operations.find(({ operation }) => operation === "POST /customers")?.statuses).toMatchObject({
    "201": expect.any(Number),
    "415": expect.any(Number),
  });
  await running.stop();
});

function asker(address: string) {
  return async (method: string, place: string, body?: object) => {
    const init = body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const response = await fetch(`${address}${place}`, { method, ...init });
    const text = await response.text();
    return { status: response.status, body: text === "" ? null : JSON.parse(text) };
  };
}

const NESTED = `
openapi: 3.0.3
info: { title: Owners, version: "1" }
servers: [{ url: "https://api.example.org/v1" }]
paths:
  /owners:
    post:
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Owner" } } } }
      responses: { "201": { description: Made, content: { application/json: { schema: { type: object, properties: { data: { $ref: "#/components/schemas/Owner" } } } } } } }
  /owners/{ownerId}:
    parameters: [{ name: ownerId, in: path, required: true, schema: { type: integer } }]
    get:
      responses: { "200": { description: One, content: { application/json: { schema: { type: object, properties: { data: { $ref: "#/components/schemas/Owner" } } } } } } }
  /owners/{ownerId}/pets:
    parameters: [{ name: ownerId, in: path, required: true, schema: { type: integer } }]
    get:
      parameters:
        - { name: page, in: query, schema: { type: integer, minimum: 1 } }
        - { name: per_page, in: query, schema: { type: integer, minimum: 1, maximum: 9, default: 2 } }
        - { name: tags, in: query, style: form, explode: false, schema: { type: array, items: { type: string } } }
      responses:
        "200":
          description: Pets
          content:
            application/json:
              schema:
                type: object
                required: [pets, total_pages, has_more]
                properties:
                  pets: { type: array, items: { $ref: "#/components/schemas/Pet" } }
                  total_pages: { type: integer }
                  has_more: { type: boolean }
    post:
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } } }
      responses: { "201": { description: Made, content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } } } }
  /owners/{ownerId}/pets/{petId}:
    parameters:
      - { name: ownerId, in: path, required: true, schema: { type: integer } }
      - { name: petId, in: path, required: true, schema: { type: string } }
    get: { responses: { "200": { description: One, content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } } } } }
    put:
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } } }
      responses: { "200": { description: One, content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } } } }
    delete: { responses: { "204": { description: Gone } } }
  /owners/{ownerId}/pets/{petId}:feed:
    parameters:
      - { name: ownerId, in: path, required: true, schema: { type: integer } }
      - { name: petId, in: path, required: true, schema: { type: string } }
    post: { responses: { "200": { description: Fed, content: { text/plain: { schema: { type: string, enum: [fed] } } } } } }
components:
  schemas:
    Owner: { type: object, required: [id, name], properties: { id: { type: integer, readOnly: true }, name: { type: string } } }
    Pet:
      type: object
      required: [id, name, status, created_at]
      properties:
        id: { type: string, readOnly: true }
        name: { type: string, minLength: 1 }
        status: { type: string, enum: [new, known], readOnly: true }
        weight: { type: number, nullable: true, minimum: 0, exclusiveMinimum: true }
        height: { type: number, minimum: 0, exclusiveMinimum: true }
        nullable: { type: boolean }
        created_at: { type: string, format: date-time, readOnly: true }
        updated_at: { type: string, format: date-time, readOnly: true }
`;

test.each([[[]], [["sqlite"]], [["postgres"]]])(
  "items belong to others, with pages by number and words of OpenAPI 3.0, with %j",
  async (parts: string[]) => {
    const service = await makeFrom({ openapi: NESTED }, parts);
    expect(service.model.resources.map(({ item, parent }) => [item, parent?.item ?? null])).toEqual([
      ["/owners/{ownerId}", null],
      ["/owners/{ownerId}/pets/{petId}", "/owners/{ownerId}"],
    ]);
    expect(service.model.unwritten.map(({ key }) => key)).toEqual(["POST /owners/{ownerId}/pets/{petId}:feed"]);
    // Each file of its tests starts PostgreSQL; combinations.test.ts runs such tests.
    if (!parts.includes("postgres")) await check(service);
    const running = await start(service);
    const ask = asker(`${running.address}/v1`);
    expect(await ask("POST", "/owners", { name: "Ann" })).toEqual({
      status: 201,
      body: { data: { id: 1, name: "Ann" } },
    });
    expect((await ask("POST", "/owners", { name: "Ben" })).body.data.id).toBe(2);
    expect(await ask("POST", "/owners/9/pets", { name: "Rex" })).toMatchObject({ status: 404 });
    for (const name of ["Rex", "Tom", "Kit"])
      expect((await ask("POST", "/owners/1/pets", { name, weight: null })).status).toBe(201);
    const pages = await ask("GET", "/owners/1/pets?page=2");
    expect(pages.body).toMatchObject({
      pets: [{ name: "Kit", status: "new", weight: null }],
      total_pages: 2,
      has_more: false,
    });
    expect((await ask("GET", "/owners/1/pets")).body.has_more).toBe(true);
    expect((await ask("GET", "/owners/2/pets")).body.pets).toEqual([]);
    const [kit] = pages.body.pets;
    expect(await ask("GET", `/owners/2/pets/${kit.id}`)).toMatchObject({ status: 404 });
    const replaced = await ask("PUT", `/owners/1/pets/${kit.id}`, { name: "Kitty" });
    expect(replaced.body).toMatchObject({ id: kit.id, name: "Kitty", status: "new", created_at: kit.created_at });
    expect(replaced.body).not.toHaveProperty("weight");
    for (const wrong of [{ weight: 0 }, { height: 0 }, { height: null }, { nullable: "yes" }])
      expect(await ask("PUT", `/owners/1/pets/${kit.id}`, { name: "Kitty", ...wrong })).toMatchObject({ status: 400 });
    const fed = await fetch(`${running.address}/v1/owners/1/pets/${kit.id}:feed`, { method: "POST" });
    expect([fed.status, await fed.text()]).toEqual([200, "fed"]);
    await running.stop();
  },
);
