/** What readers of made services found in them: each as a client of the running service sees it. */
import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ENTITIES } from "./testing/entities";
import { makeFrom, makeOf, start } from "./testing/made";

const BOOKINGS = `
entities:
  booking:
    fields:
      guest: { type: text, required: true, most: 200 }
      starts_at: { type: time, required: true, unique: true }
`;

async function served(parts: string[] = [], settings: Record<string, string> = {}) {
  const made = await makeFrom({ entities: BOOKINGS }, parts);
  const { address } = await start(made, { DATABASE: ":memory:", ...settings });
  const send = (path: string, init?: RequestInit) => fetch(`${address}${path}`, init);
  const book = (starts_at: string, guest = "Ada") =>
    send("/bookings", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ guest, starts_at }),
    });
  return { address, send, book };
}

test.each([[[]], [["sqlite"]]])("one instant is one value in all its spellings, with %j", async (parts) => {
  const { book, send } = await served(parts);
  const first = await book("2030-01-31T12:00:00Z");
  expect([first.status, (await first.json()).starts_at]).toEqual([201, "2030-01-31T12:00:00.000Z"]);
  for (const same of ["2030-01-31T12:00:00.000Z", "2030-01-31T13:00:00+01:00", "2030-01-31t12:00:00z"])
    expect([same, (await book(same)).status]).toEqual([same, 409]);
  for (const wrong of [
    "2030-01-31T12:00:00+00",
    "2030-01-31 12:00:00Z",
    "2030-01-31T23:59:60Z",
    "2030-02-31T12:00:00Z",
    "2030-01-31T24:00:00Z",
    "9999-12-31T23:00:00-02:00",
    "0000-01-01T00:00:00+01:00",
  ])
    expect([wrong, (await book(wrong)).status]).toEqual([wrong, 400]);
  const other = await (await book("2030-02-01T12:00:00Z")).json();
  const moved = await send(`/bookings/${other.id}`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: '{"starts_at":"2030-01-31T13:00:00+01:00"}',
  });
  expect(moved.status).toBe(409);
});

test.each([[[]], [["sqlite"]]])("a cursor names a place that no later item takes, with %j", async (parts) => {
  const { book, send } = await served(parts);
  const made: { id: string }[] = [];
  for (const day of ["01", "02", "03"]) made.push(await (await book(`2030-01-${day}T12:00:00Z`)).json());
  const { next_cursor: cursor } = await (await send("/bookings?limit=2")).json();
  for (const { id } of made.slice(1)) expect((await send(`/bookings/${id}`, { method: "DELETE" })).status).toBe(204);
  await book("2030-01-04T12:00:00Z", "Grace");
  const { items } = await (await send(`/bookings?limit=2&cursor=${cursor}`)).json();
  expect(items.map(({ guest }: { guest: string }) => guest)).toEqual(["Grace"]);
});

test("what is refused before a route is known is a problem document too", async () => {
  const { send } = await served();
  for (const [path, status] of [
    ["/bookings/%zz", 400],
    [`/bookings/${"a".repeat(600)}`, 414],
  ] as const) {
    const answer = await send(path);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([
      status,
      expect.stringMatching(/^application\/problem\+json/),
    ]);
    expect(await answer.json()).toMatchObject({ type: "about:blank", status });
  }
});

test("a request that needs no body may say that it would be JSON", async () => {
  const { send, book } = await served();
  const { id } = await (await book("2030-01-31T12:00:00Z")).json();
  const headers = { "content-type": "application/json" };
  expect((await send(`/bookings/${id}`, { method: "DELETE", headers })).status).toBe(204);
  expect((await send("/bookings", { method: "POST", headers, body: "" })).status).toBe(400);
});

test("an empty setting is none", async () => {
  const made = await makeFrom({ entities: BOOKINGS }, ["sqlite"]);
  const { address } = await start(made, { HOST: "", DATABASE: "" });
  expect(new URL(address).hostname).toBe("127.0.0.1");
  // An empty name would be a database that is gone at the end.
  expect(existsSync(path.join(made.folder, "data/service.db"))).toBe(true);
});

test.each(["worker", "mcp-server"])("an empty setting of a %s is none", async (kind) => {
  const { folder } = await makeOf(kind);
  const { readConfig } = await import(/* @vite-ignore */ path.join(folder, "src/config.ts"));
  expect(readConfig({ HOST: "", PORT: "", DATABASE: "", CONCURRENCY: "" })).toEqual(readConfig({}));
});

test("a body without a media type is told as such, and times at both ends of the years are kept", async () => {
  const { send, book } = await served();
  const body = Buffer.from('{"guest":"Ada","starts_at":"2030-01-31T12:00:00Z"}');
  const answer = await send("/bookings", { method: "POST", body });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect((await answer.json()).detail).toBe("The body has no media type: name it in Content-Type.");
  for (const edge of ["0000-02-29T12:00:00Z", "9999-12-31T23:59:59Z"])
    expect([edge, (await book(edge)).status]).toEqual([edge, 201]);
});

const json = (schema: string) => `content: { application/json: { schema: ${schema} } }`;
const ref = (name: string) => `{ $ref: "#/components/schemas/${name}" }`;
const list = (name: string) =>
  `{ type: object, required: [items, next], properties: { items: { type: array, items: ${ref(name)} }, next: { type: [string, "null"] } } }`;
/** A path with its parameters, which are numbers. */
const at = (place: string) => {
  const names = [...place.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const parameters = names.map((name) => `{ name: ${name}, in: path, required: true, schema: { type: integer } }`);
  return `\n  ${place}:${names.length === 0 ? "" : `\n    parameters: [${parameters.join(", ")}]`}`;
};
const resource = (place: string, key: string, name: string) => `${at(place)}
    get:
      parameters:
        - { name: limit, in: query, schema: { type: integer, minimum: 1 } }
        - { name: cursor, in: query, schema: { type: string } }
      responses: { "200": { description: All, ${json(list(name))} }, "400": { description: Wrong } }
    post:
      requestBody: { required: true, ${json(ref(name))} }
      responses: { "201": { description: Made, ${json(ref(name))} }, "409": { description: Taken } }${at(`${place}/{${key}}`)}
    delete: { responses: { "204": { description: Gone } } }`;
const RESOURCES = [
  resource("/shelves", "shelfId", "Shelf"),
  resource("/shelves/{shelfId}/books", "bookId", "Book"),
  resource("/shelves/{shelfId}/books/{bookId}/notes", "noteId", "Note"),
];
const SHELVES = `
openapi: 3.1.0
info: { title: Shelves, version: "1" }
paths:${RESOURCES.join("")}
components:
  schemas:
    Shelf:
      type: object
      x-unique: [code]
      properties: { id: { type: integer }, code: { type: [string, "null"] } }
    Book: { type: object, properties: { id: { type: integer }, title: { type: string } } }
    Note: { type: object, properties: { id: { type: integer }, text: { type: string } } }
`;

test.each([[[]], [["sqlite"]], [["postgres"]]])(
  "numbers, unique values, cursors and what belongs to items, with %j",
  async (parts) => {
    const { address, stop } = await start(await makeFrom({ openapi: SHELVES }, parts));
    const send = async (method: string, place: string, body?: string) => {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`${address}${place}`, { method, ...(body !== undefined && { body, headers }) });
      const text = await answer.text();
      return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
    };
    const put = async (place: string, body: string) => {
      const { status, body: made } = await send("POST", place, body);
      expect([place, body, status]).toEqual([place, body, 201]);
      return made.id as number;
    };
    // No number follows this one that differs from it; the next are made all the same, and no code is no value.
    await put("/shelves", '{"id":9223372036854775807}');
    const next = await put("/shelves", "{}");
    expect(await put("/shelves", '{"code":null}')).toBe(next + 1);
    await put("/shelves", '{"code":"a"}');
    expect(await send("POST", "/shelves", '{"code":"a"}')).toMatchObject({ status: 409 });
    // What belonged to an item does not come back with another one of its id.
    for (const shelf of [71, 710]) {
      await put("/shelves", `{"id":${shelf}}`);
      await put(`/shelves/${shelf}/books`, '{"id":5}');
      await put(`/shelves/${shelf}/books/5/notes`, '{"id":6}');
    }
    expect(await send("DELETE", "/shelves/71")).toMatchObject({ status: 204 });
    await put("/shelves", '{"id":71}');
    expect((await send("GET", "/shelves/71/books")).body.items).toEqual([]);
    await put("/shelves/71/books", '{"id":5}');
    expect((await send("GET", "/shelves/71/books/5/notes")).body.items).toEqual([]);
    expect((await send("GET", "/shelves/710/books/5/notes")).body.items).toEqual([{ id: 6 }]);
    const { body: page } = await send("GET", "/shelves?limit=1");
    for (const wrong of [`${page.next}x`, `${page.next.slice(0, -1)}`, "-", "MA"])
      expect([wrong, (await send("GET", `/shelves?cursor=${wrong}`)).status]).toEqual([wrong, 400]);
    expect((await send("GET", "/shelves?limit=1&cursor=")).body).toEqual(page);
    await stop();
  },
);

test("a UUID is one value in all its spellings", async () => {
  const { address } = await start(await makeFrom({ entities: ENTITIES }));
  const send = async (place: string, body?: object) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${address}${place}`, body && { method: "POST", headers, body: JSON.stringify(body) });
    return { status: answer.status, body: await answer.json() };
  };
  const { id } = (await send("/customers", { email: "ann@example.org" })).body;
  const large = id.toUpperCase();
  expect(await send(`/customers/${large}`)).toMatchObject({ status: 200, body: { id } });
  const order = await send("/orders", { customer_id: large, total: 1, state: "open" });
  expect(order).toMatchObject({ status: 201, body: { customer_id: id } });
  expect((await send(`/orders?customer_id=${large}`)).body.items).toHaveLength(1);
});

test("who comes without a key is told what the service takes", async () => {
  const schemes = `components:
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Key }
    token: { type: http, scheme: bearer }
    person: { type: http, scheme: basic }
`;
  const security = "security: [{ key: [] }, { token: [] }, { person: [] }]";
  const openapi = `${SHELVES.replace("components:\n", schemes)}${security}\n`;
  const { address } = await start(await makeFrom({ openapi }), { API_KEYS: "the-key" });
  const answer = await fetch(`${address}/shelves`);
  expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([
    401,
    'ApiKey, Bearer, Basic realm="service", charset="UTF-8"',
  ]);
  const known = await fetch(`${address}/shelves`, { headers: { "x-key": "the-key" } });
  expect([known.status, known.headers.get("www-authenticate")]).toEqual([200, null]);
});
