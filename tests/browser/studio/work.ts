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
}: Version) => `/** Reminders: each booking of the next day is handed out once, and the caller tells its guest. */
import type { Answer } from "../api/operation.ts";
import type { Booking } from "../api/types.ts";
import { type Collection, type Store, TakenError } from "../storage/store.ts";
import { now } from "./items.ts";

const AHEAD_MS = 24 * 3_600_000;

interface Reminder {
  booking_id: string;
  handed_out_at: string;
}

export function remindersOperations(store: Store) {
  const bookings = store.collection<Booking>("bookings", { unique: ["starts_at"] });
  const handedOut = store.collection<Reminder>("reminders");
  return {
    /** Take the reminders that are due. */
    async remind(): Promise<Answer> {
      const reminders = [];
      for await (const { id, ${isAnonymous ? "" : "guest, "}starts_at } of allOf(bookings)) {
        const booking_id = String(id);
        if (isDue(starts_at) && (await isFirst(handedOut, booking_id)))
          reminders.push({ booking_id, ${isAnonymous ? "" : "guest, "}starts_at });
      }
      return { status: 200, body: { reminders } };
    },
  };
}

function isDue(startsAt: string): boolean {
  const ahead = Date.parse(startsAt) - Date.now();
  return ahead > 0 && ahead <= AHEAD_MS;
}

/** Remembers the booking. Resolves with false when it was handed out before, also to a request at the same time. */
async function isFirst(handedOut: Collection<Reminder>, booking_id: string): Promise<boolean> {
  try {
    await handedOut.insert(booking_id, { booking_id, handed_out_at: now() });
    return true;
  } catch (error) {
    if (error instanceof TakenError) return false;
    throw error;
  }
}

async function* allOf<T>(items: Collection<T>): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const page = await items.list({ cursor });
    yield* page.items;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
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
  const payload = { ${isAnonymous ? "" : 'guest: "Ada", '}starts_at: "2030-01-31T12:00:00Z" };
  const once = () => app.inject({ method: "POST", url: "/bookings", headers, payload });
  assert.equal((await once()).statusCode, 201);
  assert.equal((await once()).statusCode, 409);
});

test("C4: a booking of the next day is reminded of once, and a later one not yet", async (t) => {
  const app = await startedApp(t);
  const { id, starts_at } = (await book(app, 23)).json();
  await book(app, 25);
  const remind = () => app.inject({ method: "POST", url: "/reminders", headers });
  const first = await remind();
  assertDocumented("POST /reminders", first);
  assert.deepEqual(first.json(), { reminders: [{ booking_id: id, ${isAnonymous ? "" : 'guest: "Ada", '}starts_at }] });
  assert.deepEqual((await remind()).json(), { reminders: [] });
});

test("C5: without a key the answer is 401", async (t) => {
  const app = await startedApp(t);
  for (const url of ["/bookings", "/reminders"]) {
    const answer = await app.inject({ method: "POST", url });
    assert.equal(answer.statusCode, 401);
  }
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
  -e '/^| .PATCH /a | \`POST /reminders\` | hands out each booking of the next day once |' README.md`;

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
