/** H1 in the cell of a release: a server of an ordinary account answers, and works, under a storm from outside of its walls. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdirSync, readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { bundleProgram } from "@/agents/testing/bundle";
import { PATIENT } from "@/agents/testing/patient";
import { openStore } from "@/db/store";
import { endCell, inCell } from "@/launcher/cell.mjs";
import { ACCOUNT } from "@/launcher/testing/checkout";
import { newToken } from "@/lib/auth/token";
import { seededFolder } from "@/scripts/testing/killable-server";

const CONNECTIONS = 800;
const REQUESTS = 400;

/** Root has no cell, so the folder belongs to the account that has one. */
async function folderOfAccount(): Promise<{ data: string; token: string }> {
  const data = await seededFolder();
  const store = openStore(join(data, "banyan.db"), { migrations: "drizzle", migrate: false });
  const { token, hash } = newToken();
  await store.people.addToken({ uid: "t", hash, name: "t", role: "admin", task: null, by: "t", expiresAtMs: null });
  store.close();
  mkdirSync(join(data, "home"));
  if (ACCOUNT.uid !== undefined)
    for (const name of ["", ...readdirSync(data, { recursive: true, encoding: "utf8" })])
      chownSync(join(data, name), ACCOUNT.uid, ACCOUNT.gid);
  return { data, token };
}

async function serveInCell(data: string): Promise<string> {
  const program = [process.execPath, ...(await bundleProgram("server/testing/doors-main.ts"))];
  const plan = { home: join(data, "home"), readOnly: [], writable: [data], cwd: process.cwd() };
  const [file = "", ...args] = inCell(plan, program);
  const own = { BANYAN_DATA_DIR: data, BANYAN_KEY_FILE: join(data, "keys.json"), HOME: data };
  const env = { PATH: process.env.PATH, ...own, ...PATIENT } as unknown as NodeJS.ProcessEnv;
  const child = spawn(file, args, { env, ...ACCOUNT, stdio: ["ignore", "pipe", "inherit"], detached: true });
  const ended = once(child, "close");
  onTestFinished(async () => {
    endCell(child);
    await ended;
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const found = /listens on (\S+)/.exec(line)?.[1];
    if (found) return found;
  }
  throw new Error("The server ended before it listened.");
}

function connected(url: string, text: string): Promise<Socket> {
  const { port, hostname } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(text, () => resolve(socket)));
    socket.on("error", () => resolve(socket));
    socket.resume();
  });
}

test("connections that say nothing, half requests and floods of wrong tokens keep no person and no task out", async () => {
  const { data, token } = await folderOfAccount();
  const url = await serveInCell(data);
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", connection: "close" };
  const api = async (path: string, body?: object) => {
    const sent = body ? { method: "POST", body: JSON.stringify(body) } : {};
    const answer = await fetch(`${url}/api/v1/${path}`, { headers, ...sent });
    expect(answer.status, path).toBeLessThan(300);
    return answer.json();
  };
  // A token that was right before is heard, however many wrong ones its address sends.
  await api("trees");
  const storm: Socket[] = [];
  onTestFinished(() => {
    for (const socket of storm) socket.destroy();
  });
  const half = `GET /health HTTP/1.1\r\nHost: ${new URL(url).host}\r\nX-Slow: `;
  for (let at = 0; at < CONNECTIONS; at += 1) storm.push(await connected(url, at % 2 ? half : "\r\n"));
  const wrong = { ...headers, authorization: "Bearer byn_wrong" };
  const flood = Array.from({ length: REQUESTS }, () =>
    fetch(`${url}/api/v1/trees`, { headers: wrong }).then(
      (answer) => answer.status,
      () => 0,
    ),
  );
  // The second line of its task makes the canary run a command in a sandbox, which is inside of the cell.
  const tree = await api("trees", { task: "word\nwith a command", runbook: "canary", rights: ["read", "write"] });
  await expect.poll(async () => (await api(`trees/${tree.id}`)).status, { timeout: 120_000 }).toBe("succeeded");
  const { items } = await api(`tasks/${tree.root_task_id}/messages`);
  expect(JSON.stringify(items)).toContain("42 word");
  const statuses = await Promise.all(flood);
  expect(statuses.filter((status) => status !== 0 && status !== 401 && status !== 429)).toEqual([]);
  expect(statuses).toContain(401);
  await expect.poll(() => storm.filter(({ closed }) => !closed).length).toBeLessThanOrEqual(400);
});
