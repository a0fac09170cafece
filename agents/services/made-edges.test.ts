/** What readers of made services found in them: each as a client of the running service sees it. */
import { expect, test } from "vitest";
import { makeFrom, start } from "./testing/made";

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
  const { address } = await served([], { HOST: "" });
  expect(new URL(address).hostname).toBe("127.0.0.1");
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
