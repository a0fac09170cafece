/** `open` while a server runs: what it opens, and for whom. The browser is a program that writes its arguments down. */
import { chmodSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "@/db/store";
import { newSession, SESSION_VALID_MS } from "@/lib/auth/auth";
import { banyan, buildPrograms, dataFolder, ROOT, startInTerminal, withTree } from "@/scripts/testing/command-line";
import type { Finished } from "@/scripts/testing/warm-process";

buildPrograms();

/** A data folder with a tree and a server that reports its health, a folder to work in, and a browser. */
async function place() {
  const { data } = await withTree();
  const server = createServer((_, response) => void response.end(JSON.stringify({ instance: "one", schema: "two" })));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(path.join(data, "server.json"), JSON.stringify({ pid: process.pid, url }));
  const folder = realpathSync(dataFolder());
  const [shop, file, opened] = ["shop", "browser", "opened"].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(shop);
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$@" > ${opened}\n`);
  chmodSync(file, 0o755);
  const run = (args: string[], env: Record<string, string> = { BROWSER: file }) =>
    banyan([...args, "--data", data], { env, cwd: shop });
  return { data, url, shop, file, run, opened: () => readFileSync(opened, "utf8").trim() };
}

/** The page to which the browser was led, with its arguments as the list of processes showed them. */
function leads(argument: string): string {
  const file = fileURLToPath(argument);
  expect(statSync(file).mode & 0o077).toBe(0);
  const link = /url=([^"]+)/.exec(readFileSync(file, "utf8"))?.[1] ?? "";
  return link.replaceAll("&amp;", "&");
}

async function signInSomebody(data: string): Promise<void> {
  const store = openStore(path.join(data, "banyan.db"), { migrations: path.join(ROOT, "drizzle") });
  await store.people.create(newSession().hash, Date.now() + SESSION_VALID_MS);
  await store.close();
}

const ended = ({ status, stdout }: Finished) => ({ status, lines: stdout.trim().split("\n") });

test("the first time, the browser is led through a link that signs in once to Home with the folder chosen", async () => {
  const { url, shop, run, opened } = await place();
  const home = `/?workspace=${encodeURIComponent(shop)}`;
  const finished = await run(["open"]);
  expect(ended(finished)).toEqual({
    status: 0,
    lines: [
      `Opened ${url}${home}`,
      expect.stringMatching(/^If the browser shows nothing, open: http:\S+\/signin\?token=\S+$/),
      "Sign in there once, as admin, within 15 minutes.",
    ],
  });
  // Every user of the machine can read the arguments of a program.
  expect(opened()).not.toContain("token");
  const link = new URL(leads(opened()));
  expect(link.href).toMatch(new RegExp(`^${url}/signin\\?token=[\\w-]{43}&callbackUrl=`));
  expect(link.searchParams.get("callbackUrl")).toBe(home);
});

test("a signed-in person gets the address itself: the folder's newest tree while that is open", async () => {
  const { data, url, shop, run, opened } = await place();
  await signInSomebody(data);
  expect((await run(["open"])).stdout).toBe(`Opened ${url}/?workspace=${encodeURIComponent(shop)}\n`);
  expect(opened()).toBe(`${url}/?workspace=${encodeURIComponent(shop)}`);

  const submitted = await run([
    "run",
    "--runbook",
    "repository-survey",
    "--workspace",
    ".",
    "Survey",
    "--detach",
    "--json",
  ]);
  const { id } = JSON.parse(submitted.stdout) as { id: string };
  expect(JSON.parse((await run(["open", "--json"])).stdout)).toEqual({
    url: `${url}/trees/${id}`,
    link: null,
    opened: true,
    started: null,
  });
  expect(opened()).toBe(`${url}/trees/${id}`);
  await run(["stop", id]);
  await run(["open", shop]);
  expect(opened()).toBe(`${url}/?workspace=${encodeURIComponent(shop)}`);
});

test("the terminal says when no task can work in a folder; the page opens nevertheless", async () => {
  const { data, url, shop, run, opened } = await place();
  await signInSomebody(data);
  const wrong = await run(["open", "none & more"]);
  expect(wrong.stderr).toMatch(/^No task can work in this folder: .*does not exist/);
  expect(opened()).toBe(`${url}/?workspace=${encodeURIComponent(path.join(shop, "none & more"))}`);
});

test("without a browser it says why, and the address to open", async () => {
  const { data, url, shop, run, file } = await place();
  const first = await run(["open"], {});
  expect(ended(first)).toEqual({
    status: 0,
    lines: [
      expect.stringMatching(/^Open http:\S+\/signin\?token=\S+ yourself, because this session has no display\.$/),
      "Sign in there once, as admin, within 15 minutes.",
    ],
  });
  await signInSomebody(data);
  const home = `${url}/?workspace=${encodeURIComponent(shop)}`;
  const because = async (env: Record<string, string>) => (await run(["open"], env)).stdout;
  const remote = { DISPLAY: ":0", SSH_CONNECTION: "192.0.2.1 1 192.0.2.2 22" };
  expect(await because(remote)).toBe(`Open ${home} yourself, because this session has no display.\n`);
  expect(await because({ BROWSER: "no-such-program" })).toBe(
    `Open ${home} yourself, because there is no program no-such-program.\n`,
  );
  expect(await because({ BROWSER: "sh -c 'exit 3'" })).toBe(`Open ${home} yourself, because sh ended with status 3.\n`);
  expect((await run(["open", "--no-browser"])).stdout).toBe(`${home}\n`);
  expect(await because({ BROWSER: `${file} --new-window %s --last` })).toBe(`Opened ${home}\n`);
});

test("`banyan` alone opens in a terminal; for a program that reads its output it prints the help", async () => {
  const { data, url, shop, file, run, opened } = await place();
  expect((await banyan([], { env: { BROWSER: file }, cwd: shop })).stdout).toContain("Usage: banyan");
  await signInSomebody(data);
  const inTerminal = startInTerminal(
    [],
    { columns: 100, rows: 20 },
    { env: { BROWSER: file, BANYAN_DATA_DIR: data }, cwd: shop },
  );
  expect(await inTerminal.done).toMatchObject({ status: 0, stdout: expect.stringContaining("Opened ") });
  expect(opened()).toBe(`${url}/?workspace=${encodeURIComponent(shop)}`);
  // The program gets one argument, whatever the folder is called, and no shell reads it.
  await run(["open", "; touch made"]);
  expect(opened().split("\n")).toHaveLength(1);
});

test("wrong use is refused with one sentence", async () => {
  const { data, shop, run } = await place();
  expect(await run(["open", "one", "two"])).toMatchObject({ status: 2, stdout: "" });
  const wrong = await run(["open", shop], { PORT: "http" });
  rmSync(path.join(data, "server.json"));
  const noHome = await run(["open", shop], { BANYAN_HOME: "/dev/null/home" });
  expect(noHome).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^Cannot write .* set BANYAN_HOME to .*\n$/),
  });
  expect(wrong).toMatchObject({ status: 2, stderr: expect.stringMatching(/^The setting PORT cannot be "http".*\n$/) });
});

test("the database of another version is refused with one sentence", async () => {
  const { data, run } = await place();
  new Database(path.join(data, "banyan.db"))
    .exec("INSERT INTO facts (name, value) VALUES ('data_level', '99')")
    .close();
  expect(await run(["open"])).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringMatching(/^[^\n]+newer[^\n]+\n$/),
  });
});
