/** What a person can do with a server that the launcher runs, with the real scripts: start, restart, development. */
import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { tellLauncher } from "@/launcher/home.mjs";
import { readJournal } from "@/launcher/journal.mjs";
import { removeTree } from "@/lib/workspace/remove-tree";
import { freePort } from "./testing/free-port";
import { listening, run, smallCheckout, start } from "./testing/small-checkout";

/** Replaces the real server: answers with its release and this text, under the launcher and without it. */
const server = (text: string) => `
import { createServer } from "node:http";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import { mkdirSync, writeFileSync } from "node:fs";
export async function main(): Promise<void> {
  const told = process.env.BANYAN_LAUNCH ? JSON.parse(process.env.BANYAN_LAUNCH) : null;
  const server = createServer((request, response) => {
    response.setHeader("connection", "close");
    const { GREETING: greeting, DATABASE_URL: database } = process.env;
    if (request.url === "/health") return response.end('{ "instance": "one" }');
    if (request.url === "/settings") return response.end(JSON.stringify({ greeting, database }));
    response.end(JSON.stringify({ release: told?.release ?? null, text: ${JSON.stringify(text)} }));
  });
  const place = told ? { fd: 3 } : { port: Number(process.env.PORT), host: "127.0.0.1" };
  await new Promise<void>((resolve) => server.listen(place, () => resolve()));
  const folder = (process.env.BANYAN_CHECKOUT ?? ".") + "/data";
  mkdirSync(folder, { recursive: true });
  writeFileSync(folder + "/server.json", JSON.stringify({ pid: told?.launcherPid ?? process.pid, started: told?.launcherStarted, port: Number(process.env.PORT) }));
  if (told) {
    const channel = new Socket({ fd: 4, readable: true, writable: true });
    channel.on("close", () => process.exit(1));
    createInterface({ input: channel }).on("line", (line) => {
      if (JSON.parse(line).type === "stop") server.close(() => process.exit(0));
    });
    channel.write(JSON.stringify({ type: "ready", level: 1, reads: 2, url: null }) + "\\n");
  }
  process.once("SIGTERM", () => process.exit(0));
  console.log("listening");
}
`;

async function installation() {
  const root = smallCheckout(server("one"));
  const home = mkdtempSync(path.join(tmpdir(), "banyan-home-"));
  onTestFinished(() => removeTree(home));
  const port = await freePort();
  const env = { BANYAN_HOME: home, PORT: String(port) };
  const edit = (text: string) => writeFileSync(path.join(root, "server/main.ts"), text);
  const answer = async (place = "") => (await fetch(`http://127.0.0.1:${port}/${place}`)).json();
  const restart = (...args: string[]) => run(root, ["bash", path.join(root, "restart.sh"), ...args], env);
  return { root, home, port, env, edit, answer, restart };
}

test("restart.sh hands over to a build of the edits, keeps the server when they do not build, and starts a server if none runs", async () => {
  const { root, home, env, edit, answer, restart } = await installation();
  const first = start(root, "start.mjs", [], env);
  await listening(first);
  expect(await answer()).toEqual({ release: 1, text: "one" });

  edit(server("two"));
  const second = restart();
  expect([await second.ended, second.stderr]).toEqual([0, expect.stringContaining("Release 2 serves.")]);
  expect(await answer()).toEqual({ release: 2, text: "two" });
  // The journal names who asked.
  expect(readJournal(home).findLast(({ what }) => what === "restart")?.by).toMatch(/./);

  edit("export const main = ;\n");
  const broken = restart();
  expect([await broken.ended, broken.stderr]).toEqual([2, expect.stringContaining("Building the programs failed")]);
  edit('export const main = async () => { throw new Error("a broken edit"); };\n');
  const crashing = restart();
  expect([await crashing.ended, crashing.stderr]).toEqual([
    2,
    expect.stringMatching(/Release 3 did not come up\. .* The release before it serves\./),
  ]);
  await expect.poll(() => answer().catch(() => null)).toEqual({ release: 2, text: "two" });

  first.child.kill("SIGTERM");
  expect(await first.ended).toBe(0);
  edit(server("three"));
  const started = restart();
  await expect.poll(() => answer().catch(() => null)).toEqual({ release: 4, text: "three" });
  // A signal would only end npm.
  await tellLauncher(home, { command: "stop", by: "the test" });
  expect(await started.ended).toBe(0);
});

test("restart.sh under another Node than the server's refuses before it installs and builds", async () => {
  const { home, restart } = await installation();
  const asked: string[] = [];
  const launcher = createServer((connection) =>
    connection.on("data", (data) => {
      asked.push(String(data));
      connection.end('{ "modules": "1" }\n');
    }),
  );
  await new Promise<void>((resolve) => launcher.listen(path.join(home, "launcher.sock"), () => resolve()));
  onTestFinished(() => void launcher.close());
  const refused = restart();
  expect([await refused.ended, refused.stderr]).toEqual([2, expect.stringMatching(/^The server runs with another/)]);
  expect(asked).toEqual(['{"command":"status"}\n']);
});

test("development and direct starts run the checkout itself: no release is made, and none while a server serves", async () => {
  const { root, home, env, edit, answer } = await installation();
  const first = start(root, "start.mjs", [], env);
  await listening(first);
  const refused = start(root, "start.mjs", ["--dev"], env);
  expect([await refused.ended, refused.stderr]).toEqual([
    2,
    expect.stringContaining(`in use by the Banyan server of this data folder (process ${first.child.pid})`),
  ]);
  // Refused on another port too: the sources may change the database that the release works on.
  const second = start(root, "start.mjs", ["--dev"], { ...env, PORT: "0" });
  expect([await second.ended, second.stderr]).toEqual([
    2,
    expect.stringMatching(
      /^The server of this data folder runs \(process \d+\): stop it, or .*npm run dev -- --data FOLDER/,
    ),
  ]);
  first.child.kill("SIGTERM");
  await first.ended;
  const before = readFileSync(path.join(home, "journal.jsonl"), "utf8");
  edit(server("in development"));
  for (const way of ["--dev", "--direct"]) {
    const own = start(root, "start.mjs", [way], env);
    await listening(own);
    expect(await answer()).toEqual({ release: null, text: "in development" });
    own.child.kill("SIGTERM");
    await own.ended;
  }
  expect(readFileSync(path.join(home, "journal.jsonl"), "utf8")).toBe(before);
});

test("a data folder that the command line names brings its own database, whatever DATABASE_URL in .env says", async () => {
  const { root, home, env, answer } = await installation();
  const data = mkdtempSync(path.join(tmpdir(), "banyan-data-"));
  onTestFinished(() => removeTree(data));
  appendFileSync(path.join(root, ".env"), `DATABASE_URL=file:${data}/other.db\n`);
  const named = start(root, "start.mjs", ["--data", data], env);
  await listening(named);
  expect(await answer("settings")).toEqual({ greeting: "hello", database: "" });
  expect(readFileSync(path.join(home, "banyan"), "utf8")).toContain('"DATABASE_URL":""');
  named.child.kill("SIGTERM");
  expect(await named.ended).toBe(0);
});
