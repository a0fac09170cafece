import { describe, expect, test } from "vitest";
import { importServers } from "./config";
import { entryOf } from "./entry";
import type { AddedServer } from "./same-server";
import { resolveValue, shownValue } from "./secret-values";
import type { ServerConfig } from "./types";

const DESKTOP = `{
  // Claude Desktop, with what people add by hand
  "mcpServers": {
    "GitHub (work)": {
      "command": "npx",
      "args": ["-y", "@modelcontextprotocol/server-github@1.2.3", "--url=https://example.com//x", "/* no comment */"],
      "env": { "GITHUB_PERSONAL_ACCESS_TOKEN": "ghp_0123456789abcdef", "LOG_LEVEL": "debug", "RETRIES": 3, },
    },
    "github_work": { "command": "node", "args": ["/srv/server.js"], "cwd": "/srv" }, /* the same name */
    "remote": { "type": "streamable-http", "url": "https://mcp.example.com/mcp?api_key=abc123&x=1", "headers": { "Authorization": "Bearer xyz", "Accept": "application/json" } },
  },
}`;

test("a file of Claude Desktop is read with comments and trailing commas, and its secrets are moved to the vault", () => {
  const { servers, secrets, problems, missing } = importServers(DESKTOP);
  expect(problems).toEqual([]);
  expect(missing).toEqual([]);
  expect(servers).toEqual([
    {
      kind: "stdio",
      name: "github_work",
      command: "npx",
      args: ["-y", "@modelcontextprotocol/server-github@1.2.3", "--url=https://example.com//x", "/* no comment */"],
      env: {
        GITHUB_PERSONAL_ACCESS_TOKEN: { secret: "mcp/github_work/github_personal_access_token" },
        LOG_LEVEL: "debug",
        RETRIES: "3",
      },
    },
    { kind: "stdio", name: "github_work_2", command: "node", args: ["/srv/server.js"], env: {}, cwd: "/srv" },
    {
      kind: "http",
      name: "remote",
      url: { secret: "mcp/remote/api_key", before: "https://mcp.example.com/mcp?api_key=", after: "&x=1" },
      headers: { Authorization: { secret: "mcp/remote/authorization" }, Accept: "application/json" },
    },
  ]);
  expect(secrets).toEqual({
    "mcp/github_work/github_personal_access_token": "ghp_0123456789abcdef",
    "mcp/remote/api_key": "abc123",
    "mcp/remote/authorization": "Bearer xyz",
  });
  expect(JSON.stringify(servers)).not.toMatch(/ghp_|abc123|xyz/);
});

test("placeholders become secrets that a person enters, and the environment is never read", async () => {
  process.env.BANYAN_TEST_CANARY = "canary";
  const { servers, secrets, missing, problems } = importServers(
    JSON.stringify({
      servers: {
        a: {
          command: "x",
          env: { A: `\${env:BANYAN_TEST_CANARY}`, B: `\${REGION:-eu}`, C: `pre-\${input:token}-post` },
          args: ["--key", `\${KEY}`],
        },
        b: { type: "http", url: "https://x.example/mcp", headers: { Authorization: `Bearer \${TOKEN}` } },
        c: { command: "x", args: [`\${workspaceFolder}/x`] },
        d: { command: "x", env: { A: `\${ONE}\${TWO}` } },
      },
    }),
  );
  delete process.env.BANYAN_TEST_CANARY;
  expect(servers[0]).toMatchObject({
    env: {
      A: { secret: "mcp/a/banyan_test_canary" },
      B: "eu",
      C: { secret: "mcp/a/token", before: "pre-", after: "-post" },
    },
    args: ["--key", { secret: "mcp/a/key" }],
  });
  expect(servers[1]).toMatchObject({ headers: { Authorization: { secret: "mcp/b/token", before: "Bearer " } } });
  expect(secrets).toEqual({});
  expect(missing.sort()).toEqual(["mcp/a/banyan_test_canary", "mcp/a/key", "mcp/a/token", "mcp/b/token"]);
  expect(problems).toEqual([
    `The server "c" was left out: its value of ARGUMENT contains \${workspaceFolder}, which has no meaning here; write the value out.`,
    'The server "d" was left out: its value of A has more than one placeholder; write the value out.',
  ]);
  const value = { secret: "mcp/b/token", before: "Bearer " };
  expect(await resolveValue(value, async () => "t")).toBe("Bearer t");
  await expect(resolveValue(value, async () => undefined)).rejects.toThrow("has no value yet");
  expect(shownValue(value)).toBe("Bearer <mcp/b/token>");
});

test("secrets among the arguments are moved to the vault too", () => {
  const args = ["--api-key=k1", "--token", "k2", "--verbose", "postgres://me:pw@db/x", "sk-abcdefgh12345", "/srv/data"];
  const { servers, secrets } = importServers(JSON.stringify({ mcpServers: { a: { command: "x", args } } }));
  expect(servers[0]).toMatchObject({
    args: [
      { secret: "mcp/a/api_key", before: "--api-key=" },
      "--token",
      { secret: "mcp/a/token" },
      "--verbose",
      { secret: "mcp/a/verbose" },
      { secret: "mcp/a/argument" },
      "/srv/data",
    ],
  });
  expect(Object.values(secrets)).toEqual(["k1", "k2", "postgres://me:pw@db/x", "sk-abcdefgh12345"]);
});

test("all keys in an address go to the vault, also in an argument, and the entry that is written gives the same again", () => {
  const query = "?api_key=key-1&profile=me&access_token=tok-2&x=1";
  const entries = {
    web: { url: `https://a.example/mcp${query}` },
    program: { command: "x", args: ["--url", `https://a.example/mcp${query}`, `--to=https://a.example${query}`] },
  };
  const { servers, secrets, placements } = importServers(JSON.stringify({ mcpServers: entries }));
  const value = "key-1&profile=me&access_token=tok-2";
  expect(secrets).toEqual({ "mcp/web/api_key": value, "mcp/program/api_key": value });
  expect(JSON.stringify(servers)).not.toMatch(/key-1|tok-2/);
  for (const server of servers) {
    const written = entryOf(server, placements[server.name] ?? { scope: "tree", workspace: "none" });
    const again = importServers(JSON.stringify({ mcpServers: { [server.name]: written } }));
    expect(again.servers).toEqual([server]);
    expect(again).toMatchObject({ secrets: {}, missing: [`mcp/${server.name}/api_key`] });
  }
  // A value refers to one secret.
  const mixed = { url: `https://a.example/mcp?api_key=key-1&user=\${USER_ID}` };
  expect(importServers(JSON.stringify({ mcpServers: { mixed } })).problems).toEqual([
    'The server "mixed" was left out: its address has the key api_key beside a placeholder; write the placeholder\'s value out.',
  ]);
});

test("a blank secret is one that a person still has to enter", () => {
  const web = { url: "https://a.example/mcp", headers: { "X-Key": "  " } };
  const { servers, secrets, missing } = importServers(JSON.stringify({ mcpServers: { web } }));
  expect(servers).toMatchObject([{ headers: { "X-Key": { secret: "mcp/web/x_key" } } }]);
  expect([secrets, missing]).toEqual([{}, ["mcp/web/x_key"]]);
});

test("folders of an entry are kept, and written again as they were", () => {
  const folders = { "/srv/papers": "read", "/srv/notes": "write" };
  const { servers, placements } = importServers(JSON.stringify({ mcpServers: { a: { command: "x", folders } } }));
  expect(servers[0]).toMatchObject({ folders });
  const written = entryOf(servers[0] as ServerConfig, placements.a ?? { scope: "tree", workspace: "none" });
  expect(written).toMatchObject({ folders });
});

describe("what is broken", () => {
  const broken: [string, unknown, string][] = [
    ["no object", "npx server", "it must be an object with a command or a url"],
    ["switched off", { command: "x", disabled: true }, "it is switched off in the file (disabled)"],
    ["neither", { args: [] }, "it has neither a command nor a url"],
    ["both", { command: "x", url: "https://x" }, "it has both a command and a url; keep one"],
    ["wrong args", { command: "x", args: "a b" }, "args: Invalid input: expected array, received string"],
    ["a bad variable", { command: "x", env: { "A B": "x" } }, "env.A B: Invalid key in record"],
    ["no URL", { url: "not a url" }, 'its url "not a url" is not an http or https address'],
    ["a file", { url: "file:///etc/passwd" }, 'its url "file:///etc/passwd" is not an http or https address'],
    [
      "a password",
      { url: "https://me:pw@x.example/" },
      "its url contains a user name or a password; use headers instead",
    ],
    [
      "the old transport",
      { type: "sse", url: "https://x.example/sse" },
      "it uses the old SSE transport, which is not supported; give its Streamable HTTP address with type http",
    ],
    [
      "another type",
      { type: "carrier-pigeon", command: "x" },
      'its type "carrier-pigeon" is unknown; use stdio or http',
    ],
    ["a relative folder", { command: "x", folders: { papers: "read" } }, "folders.papers: Invalid key in record"],
    ["an unknown access", { command: "x", folders: { "/a": "all" } }, "folders./a: must be read or write"],
    ["NUL", { command: "x\0y" }, "command: must not contain NUL"],
  ];
  test.each(broken)("%s gives one sentence, and the good entry is imported", (_what, given, sentence) => {
    const { servers, problems } = importServers(JSON.stringify({ mcpServers: { bad: given, good: { command: "x" } } }));
    expect(problems).toEqual([`The server "bad" was left out: ${sentence}.`]);
    expect(servers.map(({ name }) => name)).toEqual(["good"]);
  });

  test.each([
    ["nonsense", "{", /^The file is not valid JSON: .*\.$/],
    ["a slip", '{\n  // mine\n  "mcpServers" {}\n}', /^The file is not valid JSON: colon expected in line 3\.$/],
    ["a list", "[]", /^The file must be an object/],
    ["no servers", '{"theme":"dark"}', /^The file has no servers/],
    ["servers as a list", '{"mcpServers":[]}', /^"mcpServers" must be an object that maps names to servers\.$/],
    ["too much", JSON.stringify({ a: "x".repeat(2_000_000) }), /; the limit is \d+\.$/],
  ])("a file with %s", (_what, text, sentence) => {
    const { servers, problems } = importServers(text);
    expect(servers).toEqual([]);
    expect(problems).toEqual([expect.stringMatching(sentence)]);
  });
});

test("other layouts are read: the map itself, and VS Code's", () => {
  const server = { command: "x" };
  for (const file of [
    { one: server },
    { servers: { one: server } },
    { mcp: { servers: { one: server } } },
    { mcpServers: { one: server } },
  ])
    expect(importServers(JSON.stringify(file)).servers.map(({ name }) => name)).toEqual(["one"]);
});

test("names are plain, short and not taken", () => {
  const names = ["Ünï côde!", "___", "a".repeat(60), "a".repeat(61), "taken", "__proto__"];
  const file = `{${names.map((name) => `${JSON.stringify(name)}:{"command":"x"}`).join(",")}}`;
  const imported = importServers(file, ["taken"]).servers.map(({ name }) => name);
  expect(new Set(imported).size).toBe(names.length);
  for (const name of imported) expect(name).toMatch(/^[a-z0-9_]{1,40}$/);
  expect(imported).toContain("taken_2");
});

test("an entry of an added server is that server, whatever number its name got and whichever version is pinned", () => {
  const npx = (name: string, ...args: string[]) => ({ command: "npx", args: ["-y", name, ...args] });
  const file = (servers: object) => JSON.stringify({ mcpServers: servers });
  const added = importServers(
    file({ files: npx("files-server", "/srv/a"), web: { url: "https://mcp.example.com/mcp" }, db: npx("db-server") }),
  ).servers.map((config): AddedServer => {
    const pinned = { name: "files-server", version: "2.1.0", integrity: "sha512-x", lockHash: "x", bin: "x.js" };
    const isFiles = config.kind === "stdio" && config.name === "files";
    const one: ServerConfig = isFiles
      ? { ...config, name: "files_2", command: "node", args: ["/srv/a"], package: pinned }
      : config;
    return { config: one, placement: { scope: "tree", workspace: "none" }, isOn: config.name !== "db" };
  });
  const names = ["files", "files_2", "web", "db"];
  const again = importServers(
    file({
      files: npx("files-server@latest", "/srv/a"),
      web: { url: "https://mcp.example.com/mcp" },
      db: { ...npx("db-server"), folders: { "/srv/db": "write" } },
    }),
    names,
    added,
  );
  expect(again.already).toEqual(["files_2 is already added.", "web is already added."]);
  // One that is off is tried again as the entry is now.
  expect(again.servers).toMatchObject([{ name: "db", folders: { "/srv/db": "write" } }]);
  const other = importServers(
    file({
      Files: npx("files-server", "/srv/b"),
      web: { url: "https://mcp.example.com/mcp", headers: { "X-Team": "a" } },
      files: npx("files-server@1.0.0", "/srv/a"),
    }),
    names,
    added,
  );
  expect(other.servers.map(({ name }) => name)).toEqual(["files_3"]);
  expect(other.already).toEqual([
    "web is already added, with other settings (headers): change it on its page, or give this entry another name.",
    "files_2 is already added, with other settings (version): change it on its page, or give this entry another name.",
  ]);
  expect(other.problems).toEqual([]);
});
