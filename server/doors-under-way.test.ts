/** A9: what is under way when a person loses access or gets another role: it ends, whichever door it came through. */
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { get, type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { heldModel } from "@/tests/agents/services/held-model";
import { type Doors, startDoors } from "./testing/doors";

const BACKUP = "banyan-large.db";
const by = ownerCalled("test");

async function downloading() {
  const doors = await startDoors();
  const folder = join(doors.trial.dataDir, "backups");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, BACKUP), "");
  // It takes no room on the disk, and longer than any test to send.
  truncateSync(join(folder, BACKUP), 2 ** 40);
  await doors.signedIn("admin", "other@example.org");
  /** Resolves when bytes arrive. `cut` resolves when the server cuts the connection. */
  const begin = async (headers: Record<string, string>) => {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`${doors.server.url}/downloads/backups/${BACKUP}`, { headers }, resolve).once("error", reject);
    });
    const cut = new Promise<void>((resolve) => response.once("close", resolve));
    response.on("error", () => {});
    await new Promise((resolve) => response.once("data", resolve));
    // A reader that reads slowly is no reason to wait for it.
    response.resume();
    return { status: response.statusCode, cut, isComplete: () => response.complete };
  };
  return { ...doors, begin, commands: doors.trial.runtime.application.commands };
}

type Downloading = Awaited<ReturnType<typeof downloading>>;

const ANN = "ann@example.org";

const LOSSES: [string, (doors: Downloading, headers: { cookie: string }) => Promise<unknown>][] = [
  ["is removed", ({ commands }) => commands.removeUser({ id: ANN }, by)],
  ["gets a lower role", ({ commands }) => commands.setUserRole({ id: ANN, role: "viewer" }, by)],
  ["signs out", ({ server }, { cookie }) => server.auth.endSession(cookie)],
  [
    "is removed by another process",
    ({ elsewhere }) => {
      const { people } = elsewhere();
      return people.removeUser(people.findUser(ANN)?.id ?? "", "elsewhere");
    },
  ],
];

test.each(LOSSES)("a download ends when its person %s", async (_, lose) => {
  const doors = await downloading();
  const headers = await doors.signedIn("admin", ANN);
  const download = await doors.begin(headers);
  expect(download.status).toBe(200);
  await lose(doors, headers);
  await download.cut;
  expect(download.isComplete()).toBe(false);
});

test("a download by a token ends when the token is revoked; another person's goes on", async () => {
  const doors = await downloading();
  const token = await doors.token("admin");
  const others = await doors.begin(await doors.signedIn("admin", "bob@example.org"));
  const own = await doors.begin(token);
  let isCut = false;
  void others.cut.then(() => {
    isCut = true;
  });
  await doors.commands.revokeToken({ id: doors.store.people.tokens()[0]?.id ?? "" }, by);
  await own.cut;
  expect(isCut).toBe(false);
});

test("whoever removes himself still gets the answer to it", async () => {
  const doors = await downloading();
  const headers = { ...(await doors.signedIn("admin", ANN)), origin: doors.server.url };
  const id = doors.store.people.findUser(ANN)?.id ?? "";
  const answer = await doors.ask(`/api/v1/users/${id}/remove`, { method: "POST", headers });
  expect(answer.status).toBe(200);
  expect((await doors.ask("/api/v1/users", { headers })).status).toBe(401);
});

const CALL = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name: "run_task", arguments: { task: "Paint", agent: "worker" } },
});

const TOKEN_LOSSES: [string, (doors: Doors) => Promise<unknown>][] = [
  ["is revoked", ({ store }) => store.people.revokeToken(store.people.tokens()[0]?.id ?? "", "test")],
  ["belongs to a person who is removed", ({ trial }) => trial.runtime.application.commands.removeUser({ id: ANN }, by)],
  [
    "belongs to a person who may only look now",
    ({ trial }) => trial.runtime.application.commands.setUserRole({ id: ANN, role: "viewer" }, by),
  ],
];

test.each(TOKEN_LOSSES)(
  "a call of MCP that waits for its tree ends without the result when its token %s",
  async (_, lose) => {
    const { script, letGo } = heldModel();
    const doors = await startDoors({ script }, undefined, { keepAliveMs: 20, patienceMs: 20 });
    await doors.signedIn("admin");
    await doors.signedIn("operator", ANN);
    const headers = {
      ...(await doors.token("operator", { by: ANN })),
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    };
    let heard = "";
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const asked = request(`${doors.server.url}/mcp`, { method: "POST", headers }, resolve);
      asked.once("error", reject);
      asked.end(CALL);
    });
    answer.on("error", () => {});
    const cut = new Promise((resolve) => answer.once("close", resolve));
    await new Promise((resolve) =>
      answer.on("data", (chunk) => {
        heard += chunk;
        resolve(null);
      }),
    );
    await lose(doors);
    await cut;
    letGo();
    expect(answer.complete).toBe(false);
    expect(heard).not.toContain('"result"');
  },
);
