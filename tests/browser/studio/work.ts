/** What a scripted coder does of the studio's service: it writes the reminders and the tests of the criteria, and changes both. */
import type { ScriptedRequest } from "@/tests/agents/provider-script";
import { endTask } from "@/tests/agents/replies";
import type { Reply } from "@/tests/agents/services/script";

interface Version {
  /** Neither bookings nor reminders name their guest. */
  isAnonymous: boolean;
}

const OPERATIONS = `/** What answers each operation of openapi.yaml. */
import type { Operations } from "./api/operation.ts";
import { bookingsOperations } from "./resources/bookings.ts";
import { remindersOperations } from "./resources/reminders.ts";
import type { Store } from "./storage/store.ts";

/** These answer with an example. Remove an operation from the list when you have written it. */
export const TO_WRITE: string[] = [];

export function operations(store: Store): Operations {
  const bookingsHandlers = bookingsOperations(store);
  return {
    "GET /bookings": bookingsHandlers.listBookings,
    "POST /bookings": bookingsHandlers.createBooking,
    "GET /bookings/{booking_id}": bookingsHandlers.readBooking,
    "DELETE /bookings/{booking_id}": bookingsHandlers.removeBooking,
    "PATCH /bookings/{booking_id}": bookingsHandlers.changeBooking,
    "POST /reminders": remindersOperations(store).remind,
  };
}
`;

const reminders = ({
  isAnonymous,
}: Version) => `/** Reminders: each booking of the next 24 hours is handed out once, and the caller tells its guest. */
import type { Answer } from "../api/operation.ts";
import type { Booking } from "../api/types.ts";
import { type Collection, type Store, TakenError } from "../storage/store.ts";

const AHEAD_MS = 24 * 3_600_000;

interface Reminder {
  booking_id: string;
  starts_at: string;
}

export function remindersOperations(store: Store) {
  const bookings = store.collection<Booking>("bookings");
  const handedOut = store.collection<Reminder>("reminders");
  return {
    /** Take the reminders that are due. */
    async remind(): Promise<Answer> {
      const { items } = await bookings.list({});
      const reminders = [];
      for (const { id, ${isAnonymous ? "" : "guest, "}starts_at } of items) {
        const reminder = { booking_id: String(id), starts_at };
        if (isDue(starts_at) && (await isFirst(handedOut, reminder))) reminders.push(${isAnonymous ? "reminder" : "{ ...reminder, guest }"});
      }
      return { status: 200, body: { reminders } };
    },
  };
}

function isDue(startsAt: string): boolean {
  const ahead = Date.parse(startsAt) - Date.now();
  return ahead > 0 && ahead <= AHEAD_MS;
}

/** Remembers a booking at its time. Resolves with false when it was handed out before, also to a request at the same time. */
async function isFirst(handedOut: Collection<Reminder>, reminder: Reminder): Promise<boolean> {
  try {
    await handedOut.insert(\`\${reminder.booking_id} \${reminder.starts_at}\`, reminder);
    return true;
  } catch (error) {
    if (error instanceof TakenError) return false;
    throw error;
  }
}
`;

const criteria = ({
  isAnonymous,
}: Version) => `/** Shows the acceptance criteria of spec/specification.yaml that a test can show. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FastifyInstance } from "fastify";
import { assertDocumented } from "./documented.ts";
import { startedApp } from "./started-app.ts";

const HOUR_MS = 3_600_000;
const headers = { authorization: "Bearer key-of-the-tests" };

function book(app: FastifyInstance, startsInHours: number) {
  const starts_at = new Date(Date.now() + startsInHours * HOUR_MS).toISOString();
  return app.inject({ method: "POST", url: "/bookings", headers, payload: { ${isAnonymous ? "" : 'guest: "Ada", '}starts_at } });
}

test("C1: a booked slot cannot be booked again", async (t) => {
  const app = await startedApp(t);
  const request = (starts_at: string) =>
    app.inject({ method: "POST", url: "/bookings", headers, payload: { ${isAnonymous ? "" : 'guest: "Ada", '}starts_at } });
  assert.equal((await request("2030-01-31T12:00:00Z")).statusCode, 201);
  // Another text of the same instant.
  assert.equal((await request("2030-01-31T13:00:00+01:00")).statusCode, 409);
});

test("C4: a booking of the next 24 hours is reminded of once, again when it has moved, and a later one not yet", async (t) => {
  const app = await startedApp(t);
  const { id, starts_at } = (await book(app, 23)).json();
  await book(app, 25);
  await book(app, -1);
  const remind = () => app.inject({ method: "POST", url: "/reminders", headers });
  const [first, second] = await Promise.all([remind(), remind()]);
  assertDocumented("POST /reminders", first);
  const reminders = [...first.json().reminders, ...second.json().reminders];
  assert.deepEqual(reminders, [{ booking_id: id, starts_at${isAnonymous ? "" : ', guest: "Ada"'} }]);
  assert.deepEqual((await remind()).json(), { reminders: [] });
  const payload = { starts_at: new Date(Date.now() + 2 * HOUR_MS).toISOString() };
  await app.inject({ method: "PATCH", url: \`/bookings/\${id}\`, headers, payload });
  assert.equal((await remind()).json().reminders[0].starts_at, payload.starts_at);
});

test("C5: without a known key the answer is 401", async (t) => {
  const app = await startedApp(t);
  const one = "/bookings/3f2b8c1e-9d4a-4f6b-8a1c-2e5d7f9b0c3d";
  const all = [
    ["GET", "/bookings"],
    ["POST", "/bookings"],
    ["GET", one],
    ["PATCH", one],
    ["DELETE", one],
    ["POST", "/reminders"],
  ] as const;
  for (const [method, url] of all)
    for (const headers of [{}, { authorization: "Bearer another" }])
      assert.equal((await app.inject({ method, url, headers })).statusCode, 401);
});
${
  isAnonymous
    ? `
test("C9: a booking has no name", async (t) => {
  const app = await startedApp(t);
  const booking = (await book(app, 1)).json();
  assert.ok(!("guest" in booking));
});
`
    : ""
}`;

/** An example is neither served nor tested any more, and the README says what the operation does. */
const TIDY = String.raw`rm src/to-write/remind.ts test/to-write.test.ts
sed -i -e '/^## To write/,/^## /{/^## To write/d;/^## /!d}' \
  -e '/^| .PATCH /a | \`POST /reminders\` | hands out each booking of the next 24 hours once |' README.md`;

/** Returns what the coder does in its task: it works, and ends. */
export function codes({ turn }: Pick<ScriptedRequest, "turn">, version: Version): Reply {
  if (turn > 0) return endTask("Written.");
  const write = (path: string, content: string) => ({ name: "write_file", input: { path, content } });
  const written = [
    write("src/resources/reminders.ts", reminders(version)),
    write("test/criteria.test.ts", criteria(version)),
  ];
  if (version.isAnonymous) return { calls: written };
  const tidied = { name: "use_terminal", input: { command: TIDY } };
  return { calls: [...written, write("src/operations.ts", OPERATIONS), tidied] };
}
