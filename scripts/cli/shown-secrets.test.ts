/**
 * L5: the command line's output shows no secret, and the files that it writes to be given away have none and are
 * readable by their owner only.
 */
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import type { Tree } from "@/core/shapes/shapes";
import { banyan, buildPrograms, dataFolder } from "@/scripts/testing/command-line";

buildPrograms();

const secret = (name: string) => `Zq9${name}x7Kd2mW8vT4`;
const found = /Zq9\w+?x7Kd2mW8vT4/g;

/** The environment of a command: settings that are secrets, and addresses with a password or a token in them. */
const SETTINGS = {
  ...Object.fromEntries(
    ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"].map(
      (name) => [name, secret(name)],
    ),
  ),
  AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
  AWS_BEARER_TOKEN_BEDROCK: secret("bedrock"),
  SYSTEM_SECRET_KEY: secret("system").repeat(3),
  BANYAN_WEBHOOK_URL: `https://hooks.example.org/services/${secret("hook")}`,
  BANYAN_WEBHOOK_SECRET: `whsec_${Buffer.from(secret("webhook").padEnd(32, "w")).toString("base64")}`,
  BANYAN_SMTP_URL: "smtp://banyan@mail.example.org:587",
  BANYAN_SMTP_PASSWORD: secret("smtp"),
  BANYAN_MAIL_FROM: "banyan@example.org",
  BANYAN_MAIL_TO: "ann@example.org",
  SEARXNG_URL: `http://me:${secret("search")}@127.0.0.1:1`,
  OLLAMA_BASE_URL: `http://me:${secret("ollama")}@127.0.0.1:1`,
  // The model whose provider `doctor` and `status` write about.
  BANYAN_MODEL: "ollama/x",
};

async function place() {
  const data = dataFolder();
  const env = { ...SETTINGS, XDG_CONFIG_HOME: dataFolder() };
  const call = (args: string[], stdin?: string) => banyan([...args, "--data", data], { env, stdin });
  await call(["secrets", "set", "deploy"], `${secret("stored")}\n`);
  // This process is the worker too, so the tree has ended.
  await call(["run", "--runbook", "repository-survey", `Survey with ${secret("stored")}`]);
  const [tree] = (JSON.parse((await call(["trees", "--json"])).stdout) as { items: Tree[] }).items as [Tree];
  return { data, call, tree };
}

/** Returns the hashes of tokens and sessions, which are only in the database. */
function hashesIn(data: string): string[] {
  const sqlite = new Database(path.join(data, "banyan.db"), { readonly: true });
  const hashes = ["api_tokens", "sessions"].flatMap((table) =>
    (sqlite.prepare(`SELECT * FROM ${table}`).all() as object[]).flatMap((row) => Object.values(row)),
  );
  sqlite.close();
  return hashes.filter((hash): hash is string => typeof hash === "string" && /^[0-9a-f]{64}$/.test(hash));
}

test("L5: no command that shows something shows a secret, a token, or the hash of one", async () => {
  const { data, call, tree } = await place();
  const made = await call(["token", "create", "--role", "admin", "--name", "ci", "--json"]);
  const { token } = JSON.parse(made.stdout) as { token: string };
  expect(token.length).toBeGreaterThan(20);
  const hashes = hashesIn(data);
  expect(hashes.length).toBeGreaterThan(0);
  const commands = [
    ...["doctor", "status", "tools", "models", "limits", "secrets", "webhooks", "mail", "token", "users", "audit"].map(
      (name) => [name],
    ),
    ["tree", tree.id],
    ["log", tree.root_task_id],
  ];
  const leaks: string[] = [];
  for (const command of [["doctor", "--plain"], ...commands]) {
    const isPlain = command.at(-1) === "--plain";
    const { stdout, stderr } = await call(isPlain ? command.slice(0, -1) : [...command, "--json"]);
    expect([command, stdout, stderr]).toEqual([command, expect.stringMatching(isPlain ? "Secrets" : /^[[{]/), ""]);
    const text = stdout + stderr;
    for (const [value] of text.matchAll(found)) leaks.push(`${command.join(" ")}: ${value}`);
    for (const hash of [token, SETTINGS.BANYAN_WEBHOOK_SECRET, ...hashes])
      if (text.includes(hash)) leaks.push(`${command.join(" ")}: ${hash}`);
  }
  // An admin can read the whole address of a webhook, to tell it from others.
  expect([...new Set(leaks)]).toEqual([`webhooks: ${secret("hook")}`]);
});

test("L5: an archive holds no secret, is for its owner only, and is never written through a link", async () => {
  const { data, call, tree } = await place();
  const at = dataFolder();
  const elsewhere = path.join(at, "elsewhere");
  writeFileSync(elsewhere, "mine");
  const link = path.join(at, "link.zip");
  symlinkSync(elsewhere, link);
  await call(["archive", tree.id, "--out", link]);
  expect(readFileSync(elsewhere, "utf8")).toBe("mine");
  const file = path.join(at, "tree.zip");
  const written = await call(["archive", tree.id, "--out", file]);
  expect([written.stderr, existsSync(file)]).toEqual(["", true]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const parts = Object.entries(unzipSync(readFileSync(file)));
  const hashes = hashesIn(data);
  for (const [name, bytes] of parts) {
    const text = Buffer.from(bytes).toString("latin1");
    expect([name, text.match(found)]).toEqual([name, null]);
    expect([name, hashes.filter((hash) => text.includes(hash))]).toEqual([name, []]);
  }
  expect(parts.length).toBeGreaterThan(0);
});
