import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createKeyFile, defaultKeyFile, type KeyFileOptions } from "./key-file";

function folder(): string {
  const made = fs.mkdtempSync(path.join(tmpdir(), "banyan-keys-"));
  onTestFinished(() => fs.rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A key file with one key, as Banyan creates it. */
async function made(options: Partial<KeyFileOptions> = {}) {
  const file = path.join(folder(), "banyan", "keys.json");
  const keys = createKeyFile({ file, outside: [], ...options });
  await keys.alone(async () => keys.add("one"));
  return { file, keys };
}

test("it is created at first use, readable by its owner only", async () => {
  const { file, keys } = await made();
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  expect(fs.statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  expect(keys.keys("one")).toHaveLength(1);
  expect(keys.keys("one")[0]?.bytes).toHaveLength(32);
  expect(keys.keys("another")).toEqual([]);
});

test("a missing file has no keys, and reading does not create it", () => {
  const file = path.join(folder(), "deep", "keys.json");
  expect(createKeyFile({ file, outside: [] }).keys("one")).toEqual([]);
  expect(fs.existsSync(path.dirname(file))).toBe(false);
});

for (const mode of [0o604, 0o664, 0o601]) {
  test(`a file of mode ${mode.toString(8)} is refused, with what to do`, async () => {
    const { file, keys } = await made();
    fs.chmodSync(file, mode);
    expect(() => keys.keys("one")).toThrow(
      `The key file ${file} can be read or written by others (mode 0${mode.toString(8)}): restrict it with \`chmod 600 ${file}\`.`,
    );
    fs.chmodSync(file, 0o600);
    expect(keys.keys("one")).toHaveLength(1);
  });
}

test("file and folder of the own account are closed to their group, as after a mount of Kubernetes with fsGroup", async () => {
  for (const mode of [0o660, 0o640]) {
    const { file, keys } = await made();
    const known = keys.keys("one");
    fs.chmodSync(file, mode);
    fs.chmodSync(path.dirname(file), 0o2770);
    expect(keys.keys("one")).toEqual(known);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(fs.statSync(path.dirname(file)).mode & 0o022).toBe(0);
    await keys.alone(async () => keys.add("one"));
    expect(keys.keys("one")).toHaveLength(2);
  }
});

test("a folder of another user that its group may write to is refused", async () => {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot) return;
  const { file, keys } = await made();
  fs.chmodSync(path.dirname(file), 0o770);
  fs.chownSync(path.dirname(file), 64_998, 64_998);
  expect(() => keys.keys("one")).toThrow("can be written by others");
  expect(fs.statSync(path.dirname(file)).mode & 0o777).toBe(0o770);
});

test("a folder that others may write to is refused", async () => {
  const { file, keys } = await made();
  fs.chmodSync(path.dirname(file), 0o777);
  expect(() => keys.keys("one")).toThrow("can be written by others: restrict it with `chmod 700`");
});

test("a link is refused, even to a valid file", async () => {
  const { file } = await made();
  const link = path.join(path.dirname(file), "link.json");
  fs.symlinkSync(file, link);
  expect(() => createKeyFile({ file: link, outside: [] }).keys("one")).toThrow("is a symbolic link");
});

test("a path that is not a file is refused without waiting", async () => {
  const { file, keys } = await made();
  fs.rmSync(file);
  execFileSync("mkfifo", ["-m", "600", file]);
  expect(() => keys.keys("one")).toThrow("is not a file");
});

test("a file of another user is refused", async () => {
  const isRoot = process.getuid?.() === 0;
  const { file } = await made();
  if (isRoot) fs.chownSync(file, 64_998, 64_998);
  // Root gives the file to another user; any other user takes a file that belongs to root.
  const foreign = isRoot ? file : "/etc/ld.so.cache";
  expect(() => createKeyFile({ file: foreign, outside: [] }).keys("one")).toThrow("belongs to another user");
});

for (const text of ["", "{", "[]", '{"version":1,"keys":[{"id":"x"}]}', '{"version":2,"keys":[]}', "\0".repeat(100)]) {
  test(`a damaged file is refused and left unchanged: ${JSON.stringify(text.slice(0, 40))}`, async () => {
    const { file, keys } = await made();
    fs.writeFileSync(file, text);
    expect(() => keys.keys("one")).toThrow("is damaged: restore it from a backup");
    await expect(keys.alone(async () => keys.add("one"))).rejects.toThrow("is damaged");
    expect(fs.readFileSync(file, "utf8")).toBe(text);
  });
}

test("it must not be where tools and backups reach it, not even through a link", async () => {
  const data = folder();
  const outside = [{ path: data, what: "the data folder" }];
  const within = createKeyFile({ file: path.join(data, "deep", "keys.json"), outside });
  const sentence = /is in the data folder: move it elsewhere, and set BANYAN_KEY_FILE to its path\./;
  expect(() => within.keys("one")).toThrow(sentence);
  await expect(within.alone(async () => within.add("one"))).rejects.toThrow(sentence);
  expect(fs.readdirSync(data)).toEqual([]);
  const link = path.join(folder(), "link");
  fs.symlinkSync(data, link);
  expect(() => createKeyFile({ file: path.join(link, "keys.json"), outside }).keys("one")).toThrow(sentence);
  // A folder whose name starts the same is another folder.
  expect(createKeyFile({ file: path.join(`${data}-keys`, "keys.json"), outside }).keys("one")).toEqual([]);
});

test("parallel changes lose no key", async () => {
  const { file, keys } = await made();
  const others = Array.from({ length: 8 }, () => createKeyFile({ file, outside: [] }));
  await Promise.all(others.map((other, at) => other.alone(async () => other.add(`database ${at}`))));
  expect(others.map((_, at) => keys.keys(`database ${at}`).length)).toEqual(Array(8).fill(1));
  expect(keys.keys("one")).toHaveLength(1);
  expect(fs.readdirSync(path.dirname(file)).toSorted()).toEqual(["keys.json", "keys.json.lock"]);
});

test("only keys of the given database are dropped", async () => {
  const { keys } = await made();
  await keys.alone(async () => keys.add("two"));
  const newest = await keys.alone(async () => keys.add("one"));
  expect(keys.keys("one").map(({ id }) => id)[0]).toBe(newest.id);
  expect(await keys.alone(async () => keys.keep("one", new Set([newest.id])))).toBe(1);
  expect(keys.keys("one")).toEqual([newest]);
  expect(keys.keys("two")).toHaveLength(1);
});

test("XDG_CONFIG_HOME counts when it is absolute", () => {
  expect(defaultKeyFile({ XDG_CONFIG_HOME: "/etc/mine", HOME: "/home/ann" })).toBe("/etc/mine/banyan/keys.json");
  expect(defaultKeyFile({ XDG_CONFIG_HOME: "mine", HOME: "/home/ann" })).toBe("/home/ann/.config/banyan/keys.json");
  expect(defaultKeyFile({ HOME: "/home/ann" })).toBe("/home/ann/.config/banyan/keys.json");
});
