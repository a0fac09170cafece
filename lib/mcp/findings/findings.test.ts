import { expect, test } from "vitest";
import { importServers } from "@/lib/mcp/config/config";
import { findingsOf } from "./findings";
import type { Machine } from "./machine";
import { changeFile } from "./mend";
import { findingSentence, mendLabel } from "./words";

const FOLDERS = [
  "/srv",
  "/srv/papers",
  "/srv/data",
  "/srv/app",
  "/srv/app/data",
  "/srv/keys",
  "/srv/closed",
  "/home",
  "/etc",
];
const FILES = ["/srv/data/key.json", "/srv/app/src/server.mjs", "/srv/app/config.json", "/srv/keys/vault.key"];
const refusalOf = (place: string) =>
  ["/etc", "/srv/keys", "/srv/keys/vault.key"].includes(place) ? `${place} belongs to others` : null;
const machine: Machine = {
  kindOf: (place) => (FOLDERS.includes(place) ? "folder" : FILES.includes(place) ? "file" : null),
  refusalOf,
  projectOf: (file) => file.replace(/^(\/srv\/[a-z]+)\/.*/, "$1"),
  refusalOfProject: (file) => refusalOf(file.replace(/\/[^/]*$/, "")),
  unwritable: (folder) => (folder === "/srv/closed" ? "it belongs to root" : null),
  hasProgram: (name) => ["node", "npx", "python3"].includes(name),
  browser: "/usr/lib/chromium/chromium",
  home: "/home/ann",
  privateHosts: ["nas.lan:8080"],
};

/** Whatever is named exists, and is refused. */
const ALL: Partial<Machine> = {
  kindOf: (place) => (place === "/usr/share" ? "folder" : "file"),
  refusalOf: () => "no",
  refusalOfProject: () => "no",
};

function fileOf(entry: object): string {
  return JSON.stringify({ mcpServers: { one: entry } });
}

function found(file: string, has: Partial<Machine> = {}) {
  const { servers, entries, problems } = importServers(file);
  expect(problems).toEqual([]);
  return servers.flatMap((config) => {
    const entry = entries[config.name];
    return entry ? findingsOf(config, entry, { ...machine, ...has }).map((one) => ({ ...one, at: entry.path })) : [];
  });
}

/** Returns the entry after the first mend of its only finding. */
function mended(entry: object, has: Partial<Machine> = {}): unknown {
  const file = fileOf(entry);
  const [finding, ...more] = found(file, has);
  expect(more).toEqual([]);
  const [mend] = finding?.mends ?? [];
  if (!finding || !mend) throw new Error("There is no mend.");
  return JSON.parse(changeFile(file, finding.at, mend.changes)).mcpServers.one;
}

const npx = (name: string, ...args: string[]) => ({ command: "npx", args: ["-y", name, ...args] });
const MEMORY = "@modelcontextprotocol/server-memory";
const node = (entry: object) => ({ command: "node", args: ["server.mjs"], ...entry });

test.each<[string, object, Partial<Machine>?]>([
  ["a plain program", node({})],
  ["a folder among the arguments", node({ args: ["/srv/papers", "--db=/srv/data/new.db"], cwd: "/srv/data" })],
  ["a variable whose folder an argument shows", node({ args: ["/srv/data"], env: { FILE: "/srv/data/new.json" } })],
  ["a variable whose folder the entry shows", node({ env: { DIR: "/srv/data" }, folders: { "/srv": "read" } })],
  [
    "a path of an address, and one of the sandbox",
    node({ args: ["/mcp"], env: { A: "/workspace/x.db", B: "/tmp/x.db" } }),
  ],
  ["a known server with its hosts", { ...npx("tavily-mcp@1.0.0"), hosts: ["*.tavily.com"] }],
  [
    "a browser with its own choice",
    npx("@playwright/mcp", "--headless", "--isolated", "--no-sandbox", "--executable-path=/usr/bin/x"),
  ],
  [
    "a known server with a place for its file",
    { ...npx(MEMORY), env: { MEMORY_FILE_PATH: "/state/x.json" }, keeps: true },
  ],
  [
    "such a file in a folder",
    { ...npx(MEMORY), env: { MEMORY_FILE_PATH: "/srv/data/x.json" }, folders: { "/srv/data": "write" } },
  ],
  ["a closed folder that it only reads", node({ args: ["/srv/closed"], folders: { "/srv/closed": "read" } })],
  ["an allowed private address", { url: "http://nas.lan:8080/mcp" }],
  ["a file beside its program", node({ args: ["/srv/app/src/server.mjs"], env: { FILE: "/srv/app/config.json" } })],
  ["a file beside its command", { command: "/srv/app/src/server.mjs", env: { FILE: "/srv/app/config.json" } }],
  ["a program that every system has", node({ args: ["/bin/sh"], env: { SHELL: "/bin/sh" }, cwd: "/usr/share" }), ALL],
  ["a public address", { url: "https://mcp.example.com/mcp" }],
])("%s has no findings", (_, entry, has) => {
  expect(found(fileOf(entry), has)).toEqual([]);
});

test.each<[string, object, Record<string, unknown>, Partial<Machine>?]>([
  ["a missing folder", node({ args: ["/srv/none"] }), { code: "missing_path", path: "/srv/none" }],
  ["a folder of an example", node({ args: ["/path/to/files"] }), { code: "missing_path" }],
  ["a missing folder to show", node({ folders: { "/srv/none": "read" } }), { code: "missing_path" }],
  ["a folder of the system", node({ args: ["/etc"] }), { code: "refused_path" }],
  ["a variable with such a folder", node({ env: { DIR: "/etc" } }), { code: "refused_path" }],
  ["a file of Banyan's own", node({ folders: { "/srv/keys/vault.key": "read" } }), { code: "refused_path" }],
  ["such a file in a variable", node({ env: { KEY: "/srv/keys/vault.key" } }), { code: "refused_path" }],
  [
    "a file to write in what the entry lets it read",
    node({ env: { FILE: "/srv/data/new.json" }, folders: { "/srv": "read" } }),
    { code: "hidden_new_file" },
  ],
  ["a path of Windows", node({ args: ["C:\\Users\\ann"] }), { code: "windows_path" }],
  ["a missing program", { command: "uvx", args: ["mcp-server-git"] }, { code: "missing_program", program: "uvx" }],
  ["a container", { command: "docker", args: ["run", "-i", "mcp/fetch"] }, { code: "container" }],
  ["a runner with rights", { command: "deno", args: ["run", "-A", "npm:x"] }, { code: "package_runner" }],
  ["no browser", npx("chrome-devtools-mcp@latest"), { code: "missing_browser" }, { browser: null }],
  [
    "this machine",
    { url: "http://localhost:3001/mcp" },
    { code: "private_address", line: "BANYAN_PRIVATE_HOSTS=nas.lan:8080,localhost:3001" },
  ],
  ["an address for metadata", { url: "http://169.254.169.254/" }, { code: "private_address", line: null }],
  [
    "the old transport",
    { url: "https://mcp.example.com/sse?key=abc" },
    { code: "old_transport", url: "mcp.example.com/sse" },
  ],
  ["an inner host", node({ hosts: ["localhost:5432"] }), { code: "inner_host" }],
  ["a placeholder", node({ env: { API_KEY: "<YOUR_KEY>" } }), { code: "placeholder", secret: "mcp/one/api_key" }],
  [
    "a bridge with options of its own",
    npx("mcp-remote", "https://a.example/mcp", "--static-oauth-client-info", "{}"),
    { code: "bridge" },
  ],
])("%s is said in a sentence, without a mend", (_, entry, fault, has) => {
  const [first, ...more] = found(fileOf(entry), has);
  expect(more).toEqual([]);
  expect(first).toMatchObject({ fault, mends: [] });
  expect(first && findingSentence(first.fault)).toMatch(/^[A-Z"“@\w].*\.$/);
});

/** Its program's folder is shown, and read-only. */
const IN_APP = { args: ["/srv/app/src/server.mjs"], env: { FILE: "/srv/app/data/new.json" } };

test.each<[string, { env?: object }, object]>([
  ["a folder", { env: { DIR: "/srv/data" } }, { "/srv/data": "read" }],
  ["a file", { env: { CREDENTIALS: "/srv/data/key.json" } }, { "/srv/data/key.json": "read" }],
  ["a file that the server makes beside its program", IN_APP, { "/srv/app/data": "write" }],
  ["a file that the server makes", { env: { FILE: "/srv/data/new.json" } }, { "/srv/data": "write" }],
])("%s in a variable is shown by a mend", (_, entry, folders) => {
  expect(mended(node(entry))).toEqual(node({ ...entry, folders }));
});

test("a server that keeps a file beside its program gets a folder of its own for it", () => {
  const kept = { ...npx(MEMORY), env: { MEMORY_FILE_PATH: "/state/memory.jsonl" }, keeps: true };
  expect(mended(npx(MEMORY))).toEqual(kept);
  expect(mended({ ...npx(MEMORY), env: { MEMORY_FILE_PATH: "memory.json" } })).toEqual(kept);
  expect(mended({ ...kept, keeps: false })).toEqual(kept);
});

test("a folder where its user may not write is said, and may be opened to read", () => {
  const folders = { "/srv/closed": "read" };
  const entry = node({ args: ["/srv/closed"] });
  expect(mended(entry)).toEqual({ ...entry, folders });
  expect(mended({ ...node({}), folders: { "/srv/closed": "write" } })).toEqual({ ...node({}), folders });
  const [first] = found(fileOf(entry));
  expect(first && findingSentence(first.fault)).toBe("The server may not write in /srv/closed: it belongs to root.");
});

test("a folder in a variable can also be shown to read and write; ids name the server and the place", () => {
  const [finding] = found(fileOf(node({ env: { DIR: "/srv/data" }, folders: { "/srv/papers": "read" } })));
  expect(finding?.mends.map(({ id }) => id)).toEqual(["one.show.DIR.read", "one.show.DIR.write"]);
  expect(finding?.mends.map(mendLabel)).toEqual(["Let it read /srv/data", "Let it read and write /srv/data"]);
  expect(finding?.mends[1]?.changes).toEqual([
    { path: ["folders"], value: { "/srv/papers": "read", "/srv/data": "write" } },
  ]);
});

test("a mend shows no folder that is refused", () => {
  const refusal = (place: string) => (place === "/srv/data" ? "the folder contains Banyan's own data" : null);
  const [finding] = found(fileOf(node({ env: { FILE: "/srv/data/key.json" } })), { refusalOf: refusal });
  expect(finding?.mends.map(mendLabel)).toEqual(["Let it read /srv/data/key.json"]);
});

test("mends write entries that have no findings: home, runner, browser, hosts, address", () => {
  expect(mended(node({ args: ["--root=~/notes"] }))).toEqual(node({ args: ["--root=/home/ann/notes"] }));
  expect(mended({ command: "bunx", args: ["weather"] })).toEqual(npx("weather"));
  expect(mended({ command: "pnpm", args: ["dlx", "weather", "--x"] })).toEqual(npx("weather", "--x"));
  expect(mended({ command: "cmd", args: ["/c", "npx", "-y", "weather"] })).toEqual(npx("weather"));
  expect(mended(npx("tavily-mcp@latest"))).toEqual({ ...npx("tavily-mcp@latest"), hosts: ["api.tavily.com"] });
  const browser = ["--headless", "--isolated", "--no-sandbox", "--executable-path=/usr/lib/chromium/chromium"];
  expect(mended(npx("@playwright/mcp"))).toEqual(npx("@playwright/mcp", ...browser));
  expect(mended({ command: "uvx", args: ["x"] }, { hasProgram: () => true })).toMatchObject({
    hosts: ["pypi.org", "files.pythonhosted.org"],
  });
  const bridge = npx("mcp-remote@0.1.2", "https://a.example/mcp", "3334", "--header", `Authorization:\${AUTH}`);
  expect(mended({ ...bridge, env: { AUTH: "Bearer abc" } })).toEqual({
    url: "https://a.example/mcp",
    headers: { Authorization: "Bearer abc" },
  });
});

test("a mend keeps comments, other entries and the values of secrets", () => {
  const file = `{ // mine
  "mcpServers": {
    "a": { "command": "node" }, // stays
    "B c": { "command": "bunx", "args": ["weather", "--token=abc123secret"] }
  }
}`;
  const [finding] = found(file);
  const changed = changeFile(file, finding?.at ?? [], finding?.mends[0]?.changes ?? []);
  expect(changed).toContain("{ // mine");
  expect(changed).toContain('"a": { "command": "node" }, // stays');
  expect(changed).toContain('"--token=abc123secret"');
  expect(found(changed)).toEqual([]);
});
