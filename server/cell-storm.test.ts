/** H1 in the cell of a release: a server of two processes, of an ordinary account, answers and works under a storm from outside of its walls. */
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { Tree } from "@/core/shapes/shapes";
import { newToken } from "@/lib/auth/token";
import { agentScript } from "@/tests/agents/provider-script";
import { endTask } from "@/tests/agents/replies";
import { type SidesServer, servingSides } from "./testing/sides";

const CONNECTIONS = 1_000;
const REQUESTS = 400;
const DEPTH = 100_000;

function connected(url: string, text: string): Promise<Socket> {
  const { port, hostname } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(text, () => resolve(socket)));
    socket.on("error", () => resolve(socket));
    socket.resume();
  });
}

/** Another person's, for requests that are no objects. */
async function tokenOf({ store }: SidesServer): Promise<string> {
  const { token, hash } = newToken();
  await store.people.addToken({ uid: "o", hash, name: "o", role: "admin", task: null, by: "o", expiresAtMs: null });
  return `Bearer ${token}`;
}

const statusOf = (answer: Promise<Response>) =>
  answer.then(
    ({ status }) => status,
    () => 0,
  );

test("connections that say nothing, half requests, slow and deep bodies and floods of wrong tokens keep no person and no task out", async () => {
  const server = await servingSides(agentScript({ "*": [endTask("noted")] }), { isInCell: true });
  const { url, api } = server;
  const sides = () => [server.pidOf("web"), server.pidOf("worker")];
  const before = sides();
  const trees = `${url}/api/v1/trees`;
  const headers = { "content-type": "application/json", connection: "close" };
  const own = { ...headers, authorization: await tokenOf(server) };
  // A token that was right before is heard, however many wrong ones its address sends.
  await api("/api/v1/trees");
  expect(await statusOf(fetch(trees, { headers: own }))).toBe(200);
  const storm: Socket[] = [];
  onTestFinished(() => {
    for (const socket of storm) socket.destroy();
  });
  const host = `Host: ${new URL(url).host}`;
  const kinds = [
    "\r\n",
    `GET /health HTTP/1.1\r\n${host}\r\nX-Slow: `,
    `POST /api/v1/trees HTTP/1.1\r\n${host}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
  ];
  for (let at = 0; at < CONNECTIONS; at += 1) storm.push(await connected(url, kinds[at % kinds.length] ?? ""));
  const wrong = { ...headers, authorization: "Bearer byn_wrong" };
  const deep = { method: "POST", body: "[".repeat(DEPTH) + "]".repeat(DEPTH) };
  const flood = Array.from({ length: REQUESTS }, (_, at) =>
    statusOf(fetch(trees, { headers: wrong, ...(at % 20 === 0 && deep) })),
  );
  expect(await statusOf(fetch(trees, { ...deep, headers: own }))).toBe(400);
  // The second line of its task makes the canary run a command in a sandbox, which is inside of the cell.
  const asked = { task: "word\nwith a command", runbook: "canary", rights: ["read", "write"] };
  const tree = await api<Tree>("/api/v1/trees", asked);
  const health = new Set<unknown>();
  await expect
    .poll(async () => {
      health.add((await (await fetch(`${url}/health`, { headers: { connection: "close" } })).json()).status);
      return (await api<Tree>(`/api/v1/trees/${tree.id}`)).status;
    })
    .toBe("succeeded");
  const { items } = await api<{ items: object[] }>(`/api/v1/tasks/${tree.root_task_id}/messages`);
  expect(JSON.stringify(items)).toContain("42 word");
  const statuses = await Promise.all(flood);
  expect(statuses.filter((status) => ![0, 400, 401, 429].includes(status))).toEqual([]);
  expect(statuses).toContain(401);
  await expect.poll(() => storm.filter(({ closed }) => !closed).length).toBeLessThanOrEqual(400);
  expect([...health]).toEqual(["ok"]);
  expect([sides(), server.said()]).toEqual([before, expect.not.stringMatching(/starts again|no sign of life/)]);
});
