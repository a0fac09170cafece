import fs from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StdioServer } from "@/lib/mcp/config/types";
import { temporaryFolder } from "@/lib/mcp/testing/places";
import { giveToTools } from "@/lib/process/tools-identity";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { testedSandbox } from "@/lib/sandbox/testing/tested";
import { launchOf } from "./launch";

const sandbox = createSandbox({ tested: testedSandbox });
const base = temporaryFolder();
const read = path.join(base.path, "read");
const write = path.join(base.path, "write");
const key = path.join(base.path, "key.json");

beforeAll(async () => {
  expect(await sandbox.status()).toEqual({ available: true });
  for (const folder of [read, write]) {
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, "a.txt"), "seen\n");
    giveToTools(folder);
  }
  fs.writeFileSync(key, "the key\n");
});
afterAll(() => {
  sandbox.close();
  base.remove();
});

function server(given: Partial<StdioServer>): StdioServer {
  return { kind: "stdio", name: "one", command: "bash", args: [], env: {}, ...given };
}

async function outputOf(given: Partial<StdioServer>, hiddenPaths: string[] = []): Promise<string> {
  const options = { packagesDir: base.path, hiddenPaths, secretOf: async () => undefined };
  const process = await sandbox.start(await launchOf(server(given), options));
  const output = await text(process.stdout);
  await process.ended;
  return output;
}

test("a server sees the folders of its entry: one to read, one to read and write, and a single file", async () => {
  const script = `cat ${read}/a.txt ${write}/a.txt ${key}; touch ${read}/new ${write}/new; ls ${base.path}`;
  const folders = { [read]: "read", [`${write}/`]: "write", [key]: "read" } as const;
  const output = await outputOf({ args: ["-c", script], folders });
  expect(output).toBe("seen\nseen\nthe key\nkey.json\nread\nwrite\n");
  expect(fs.existsSync(path.join(write, "new"))).toBe(true);
  expect(fs.existsSync(path.join(read, "new"))).toBe(false);
  expect(await outputOf({ args: ["-c", `ls ${write}`] })).toBe("");
});

test("an entry's folder that is missing, too wide or Banyan's own is refused with a reason", async () => {
  const refused = (given: Partial<StdioServer>) =>
    expect(outputOf(given, [path.join(read, "data"), write])).rejects.toThrow;
  await refused({ folders: { [`${base.path}/none`]: "read" } })("does not exist");
  await refused({ folders: { "/": "read" } })("is too wide for a server");
  await refused({ folders: { "/etc": "read" } })("belongs to the system");
  await refused({ folders: { "/etc/passwd": "read" } })("belongs to the system");
  await refused({ folders: { [write]: "read" } })("contains Banyan's own data");
  await refused({ folders: { [key]: "write" } })("is a file, which it can only read");
  await refused({ folders: { "/dev/null": "read" } })("is neither a file nor a folder");
  await refused({ cwd: path.relative(process.cwd(), read) })("is a relative path; give the whole path");
  await refused({ folders: { [read]: "read" }, isConfined: true })("an agent proposed it");
});

test("a folder to read stays so when an argument or the working directory names it too, or one inside it", async () => {
  const inner = path.join(read, "inner");
  fs.mkdirSync(inner);
  giveToTools(inner);
  const script = `touch ${read}/new ${inner}/new; ls $0 && ls`;
  const given = { args: ["-c", script, inner], cwd: read, folders: { [`${read}/`]: "read" } as const };
  expect(await outputOf(given)).toBe("a.txt\ninner\n");
  expect(fs.readdirSync(inner)).toEqual([]);
});

test("a folder to write in can be inside one to read, and inside the folder of a program", async () => {
  const program = path.join(base.path, "program");
  const data = path.join(program, "data");
  fs.mkdirSync(data, { recursive: true });
  giveToTools(data);
  const script = `echo made > ${data}/one; echo no > ${program}/two; cat ${data}/one`;
  fs.writeFileSync(path.join(program, "start.sh"), script);
  const outputs = [
    await outputOf({ args: [path.join(program, "start.sh")], folders: { [data]: "write" } }),
    await outputOf({ args: ["-c", script], folders: { [data]: "write", [program]: "read" } }),
  ];
  expect(outputs).toEqual(["made\n", "made\n"]);
  expect(fs.readdirSync(program)).toEqual(["data", "start.sh"]);
});
