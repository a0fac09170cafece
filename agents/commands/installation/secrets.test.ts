import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createSecurity } from "@/agents/configuration/security";
import { createProviders } from "@/agents/providers/providers";
import { signInStore } from "@/agents/servers/sign-in";
import { openStore } from "@/db/store";
import { readSettings, type Settings } from "@/lib/env";
import { rulesOf } from "@/lib/workspace/prepare";
import { bundleProgram } from "@/tests/agents/bundle";

function folder(): string {
  const made = fs.mkdtempSync(path.join(tmpdir(), "banyan-secrets-"));
  onTestFinished(() => fs.rmSync(made, { recursive: true, force: true }));
  return made;
}

interface Place {
  data: string;
  keyFile: string;
}

const place = (): Place => {
  const at = folder();
  return { data: path.join(at, "data"), keyFile: path.join(at, "keys", "keys.json") };
};

/** Opens the vault of a database, as a process does. */
function open({ data, keyFile }: Place = place(), env: Record<string, string> = {}) {
  const settings = readSettings({ BANYAN_DATA_DIR: data, BANYAN_KEY_FILE: keyFile, ...env }, "/");
  const store = openStore(settings.databaseFile, { migrations: "drizzle" });
  const security = createSecurity({ store, settings, checkout: process.cwd() });
  const { sqlite } = store.client;
  onTestFinished(() => void sqlite.close());
  return { ...security, store, sqlite, settings, place: { data, keyFile } };
}

/** Returns everything stored for the database, as bytes. */
function bytesOf(data: string): string {
  return fs
    .readdirSync(data, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => fs.readFileSync(path.join(data, entry.name), "latin1"))
    .join("");
}

test("a value is kept encrypted, is read again, and is listed by its last four characters", async () => {
  const { vault, place: at } = open();
  await vault.set("github/token", "ghp_0123456789abcdefghij", "anna");
  expect(vault.get("github/token")).toBe("ghp_0123456789abcdefghij");
  expect(vault.list()).toEqual([
    { name: "github/token", lastFour: "ghij", updatedBy: "anna", updatedAtMs: expect.any(Number) },
  ]);
  expect(bytesOf(at.data)).not.toContain("0123456789abcdefghij");
  expect(vault.get("another")).toBeNull();
  // Another process, and another value.
  const other = open(at);
  expect(other.vault.get("github/token")).toBe("ghp_0123456789abcdefghij");
  await other.vault.set("github/token", "ghp_new", "bert");
  expect(vault.get("github/token")).toBe("ghp_new");
  expect(vault.list()[0]).toMatchObject({ lastFour: "", updatedBy: "bert" });
  await vault.remove("github/token");
  expect(vault.list()).toEqual([]);
  await expect(vault.remove("github/token")).rejects.toThrow("There is no secret github/token.");
});

test("names, empty and large values are refused in one sentence that does not show the value", async () => {
  const { vault } = open();
  for (const name of ["", "Upper", "with blank", "x".repeat(121), "ä", "a\nb"])
    await expect(vault.set(name, "value", "anna")).rejects.toThrow(/is not a valid name for a secret/);
  await expect(vault.set("a", " \n", "anna")).rejects.toThrow("The secret is empty");
  await expect(vault.set("a", "x".repeat(65_537), "anna")).rejects.toThrow("larger than 64 KB");
  await vault.set("x".repeat(120), "ü".repeat(32_768), "anna");
  expect(vault.get("x".repeat(120))).toBe("ü".repeat(32_768));
});

test("a row under another name, or with anything changed, cannot be read; the others can", async () => {
  const { vault, sqlite } = open();
  await vault.set("a", "value of a", "anna");
  await vault.set("b", "value of b", "anna");
  await vault.set("c", "value of c", "anna");
  sqlite.exec(
    "UPDATE secrets SET nonce = (SELECT nonce FROM secrets WHERE name = 'a'), data = (SELECT data FROM secrets WHERE name = 'a') WHERE name = 'b'",
  );
  const sentence = "The secret b cannot be read: its row is damaged; set it again.";
  expect(() => vault.get("b")).toThrow(sentence);
  expect(vault.faults()).toEqual([sentence]);
  expect(vault.values().map(({ name }) => name)).toEqual(["a", "c"]);
  for (const change of ["data = x'00'", "data = zeroblob(40)", "nonce = x''", "key_id = 'ffffffffffffffff'"]) {
    await vault.set("c", "value of c", "anna");
    sqlite.exec(`UPDATE secrets SET ${change} WHERE name = 'c'`);
    expect(() => vault.get("c")).toThrow(/^The secret c cannot be read: /);
  }
  expect(vault.get("a")).toBe("value of a");
});

test("without its key file nothing is made up: the sentence says what is missing", async () => {
  const { vault, place: at } = open();
  await vault.set("a", "value of a", "anna");
  fs.rmSync(at.keyFile);
  expect(() => vault.get("a")).toThrow(/its key [0-9a-f]{16} is missing; restore the key file/);
  fs.writeFileSync(at.keyFile, "{}", { mode: 0o644 });
  expect(() => vault.get("a")).toThrow("can be read or written by others (mode 0644)");
  await expect(vault.set("b", "value of b", "anna")).rejects.toThrow("can be read or written by others (mode 0644)");
});

test("a rotation encrypts all anew, drops the old key, and leaves what it cannot read", async () => {
  const { vault, sqlite, place: at } = open();
  await vault.set("a", "value of a", "anna");
  await vault.set("b", "value of b", "anna");
  const before = sqlite.prepare("SELECT key_id, hex(data) AS data FROM secrets WHERE name = 'a'").get() as {
    key_id: string;
    data: string;
  };
  expect(await vault.rotate()).toEqual({ renewed: 2, dropped: 1, unreadable: [] });
  const after = sqlite.prepare("SELECT key_id, hex(data) AS data FROM secrets WHERE name = 'a'").get() as typeof before;
  expect(after.key_id).not.toBe(before.key_id);
  expect(after.data).not.toBe(before.data);
  expect(fs.readFileSync(at.keyFile, "utf8")).not.toContain(before.key_id);
  expect([vault.get("a"), vault.get("b")]).toEqual(["value of a", "value of b"]);
  sqlite.exec("UPDATE secrets SET data = zeroblob(40) WHERE name = 'b'");
  expect(await vault.rotate()).toEqual({ renewed: 1, dropped: 0, unreadable: ["b"] });
  expect(vault.get("a")).toBe("value of a");
});

test("a rotation of one database leaves the secrets of another that shares the key file", async () => {
  const at = place();
  const opened = open(at);
  const two = open({ ...at, data: `${at.data}-two` });
  await opened.vault.set("a", "value of one", "anna");
  await two.vault.set("a", "value of two", "anna");
  await opened.vault.rotate();
  expect([opened.vault.get("a"), two.vault.get("a")]).toEqual(["value of one", "value of two"]);
});

test("setting and rotating at once in two processes loses no value", async () => {
  const at = place();
  const opened = open(at);
  const two = open(at);
  await opened.vault.set("first", "value of first", "anna");
  await Promise.all([
    opened.vault.rotate(),
    ...Array.from({ length: 10 }, (_, count) => two.vault.set(`s${count}`, `value ${count}`, "bert")),
    two.vault.rotate(),
    opened.vault.set("last", "value of last", "anna"),
  ]);
  expect(opened.vault.faults()).toEqual([]);
  expect(opened.vault.values()).toHaveLength(12);
});

test("a rotation that is killed anywhere loses no value, and the next one finishes it", async () => {
  const program = await bundleProgram("tests/agents/rotate-main.ts");
  for (const stage of ["before the key", "after the key", "between rows", "after the rows", "at the end"]) {
    const { vault, settings, place: at } = open();
    await vault.set("first", "value of first", "anna");
    await vault.set("second", "value of second", "anna");
    const input = { file: settings.databaseFile, keyFile: at.keyFile, at: stage };
    const child = spawn(process.execPath, [...program, JSON.stringify(input)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    expect(String((await once(child.stdout, "data"))[0])).toBe("here\n");
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    const values = [
      { name: "first", value: "value of first" },
      { name: "second", value: "value of second" },
    ];
    expect(vault.values(), stage).toEqual(values);
    expect(await vault.rotate(), stage).toMatchObject({ renewed: 2, unreadable: [] });
    expect(vault.values(), stage).toEqual(values);
    expect(JSON.parse(fs.readFileSync(at.keyFile, "utf8")).keys, stage).toHaveLength(1);
  }
});

test("with SYSTEM_SECRET_KEY no file is made; a file that was there before is still read", async () => {
  const at = place();
  const env = { SYSTEM_SECRET_KEY: "0123456789abcdef0123456789abcdef" };
  const { vault } = open(at, env);
  await vault.set("a", "value of a", "anna");
  expect(fs.existsSync(path.dirname(at.keyFile))).toBe(false);
  expect(open(at, env).vault.get("a")).toBe("value of a");
  expect(() => open(at).vault.get("a")).toThrow("its key system-");
  expect(() => open(at, { SYSTEM_SECRET_KEY: "f".repeat(32) }).vault.get("a")).toThrow("its key system-");
  await open(at).vault.set("b", "value of b", "anna");
  const both = open(at, env);
  expect([both.vault.get("a"), both.vault.get("b")]).toEqual(["value of a", "value of b"]);
  expect(await both.vault.rotate()).toEqual({ renewed: 2, dropped: 1, unreadable: [] });
  expect(open(at, env).vault.get("b")).toBe("value of b");
});

test("keys of providers come from the environment, else from the vault", async () => {
  const { vault, place: at } = open();
  const keyOf = (providers: Settings["providers"]) => {
    const sources = { settings: { providers, wantedModel: null }, vault, addresses: { read: () => null } };
    return createProviders(sources).settings().anthropic?.key;
  };
  await vault.set("anthropic_api_key", "sk-from-vault", "anna");
  expect([keyOf({}), keyOf({ anthropic: { key: "sk-from-env" } })]).toEqual(["sk-from-vault", "sk-from-env"]);
  // The new name takes precedence over the old one.
  await vault.set("provider/anthropic", "sk-from-page", "anna");
  expect(keyOf({})).toBe("sk-from-page");
  fs.chmodSync(at.keyFile, 0o644);
  expect(keyOf({})).toBeUndefined();
});

test("the redactor knows a secret from the moment that it is set, here and in another process", async () => {
  const at = place();
  const here = open(at, {
    OPENAI_API_KEY: "an-openai-key",
    AWS_REGION: "eu-central-1",
    AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI",
  });
  const there = open(at);
  const text = "deploy with hunter2-hunter2 in eu-central-1, an-openai-key, wJalrXUtnFEMI";
  expect(there.redactor.redact(text)).toBe(text);
  await here.vault.set("deploy", "hunter2-hunter2", "anna");
  expect(there.redactor.redact(text)).toContain("with [redacted: deploy] in");
  expect(here.redactor.redact(text)).toBe(
    "deploy with [redacted: deploy] in eu-central-1, [redacted: openai_api_key], [redacted: aws_secret_access_key]",
  );
  await here.vault.remove("deploy");
  expect(there.redactor.redact(text)).toBe(text);
});

test("the redactor knows the tokens of a sign-in, and the secrets of other records, each alone", async () => {
  const { vault, redactor } = open();
  const store = signInStore(vault);
  const tokens = { access_token: "opaque-access-1", refresh_token: "opaque-refresh-2", token_type: "authorization" };
  await store.write("web https://web.example/mcp", { tokens, codeVerifier: "verifier-of-a-sign-in" });
  await vault.set("a2a/push/one", JSON.stringify({ token: "token-3-of-push", scheme: "CustomScheme" }), "banyan");
  const text = "opaque-access-1 opaque-refresh-2 verifier-of-a-sign-in token-3-of-push";
  expect(redactor.redact(text)).toMatch(/^(\[redacted: mcp\/web\/oauth-\w{16}\] ){3}\[redacted: a2a\/push\/one\]$/);
  await vault.set("mcp/web/api_key", "first-key-4&profile=production&access_token=second-key-5", "anna");
  expect(redactor.redact("first-key-4 in production, second-key-5")).toBe(
    "[redacted: mcp/web/api_key] in production, [redacted: mcp/web/api_key]",
  );
  expect(redactor.redact("authorization by CustomScheme")).toBe("authorization by CustomScheme");
});

test("secrets that cannot be read are reported once, although the report itself is redacted", async () => {
  const at = place();
  const { vault } = open(at);
  await vault.set("github/token", "ghp_0123456789abcdefghij", "anna");
  // A key file in the data folder is refused.
  const { store, settings } = open({ ...at, keyFile: path.join(at.data, "keys.json") });
  const reports: string[] = [];
  const security = createSecurity({
    store,
    settings,
    checkout: process.cwd(),
    // As a log does it.
    report: (message, error) => void reports.push(security.redactor.redact(`${message} ${error}`)),
  });
  const text = "Something that is long enough to be searched.";
  for (let times = 0; times < 3; times += 1) expect(security.redactor.redact(text)).toBe(text);
  expect(reports).toEqual([expect.stringContaining("so new secrets are not redacted. SecretError: The key file")]);
});

test("the key file is hidden in a folder that a person named and that holds it", async () => {
  const { vault, keyPaths, anchorFile, place: at } = open();
  const root = fs.realpathSync(path.dirname(path.dirname(at.keyFile)));
  const hidden = () => rulesOf(root, at.data, process.cwd(), keyPaths).hiddenPaths;
  expect(hidden()).not.toContain(at.keyFile);
  await vault.set("a", "value of a", "anna");
  fs.writeFileSync(anchorFile, "");
  expect(hidden()).toEqual(expect.arrayContaining([at.keyFile, anchorFile].map((file) => fs.realpathSync(file))));
});
