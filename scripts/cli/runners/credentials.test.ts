/** `runner credentials` on the command line: what it says, and what it writes. */
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { readKeyFile } from "@/lib/nats/credentials/key-file";
import { banyan, buildPrograms, dataFolder } from "@/scripts/testing/command-line";

buildPrograms();

const inData = (data: string, ...args: string[]) => banyan(["runner", "credentials", ...args, "--data", data]);

test("makes a key, says where each file goes, keeps the key, renews it, and removes it", async () => {
  const data = dataFolder();
  const keyFile = path.join(data, "nats", "runner-linux-1.nk");
  const accounts = path.join(data, "nats", "banyan-main.conf");
  const made = await inData(data, "linux-1");
  expect(made.status).toBe(0);
  expect(made.stdout).toContain("Made a key for the runner linux-1 of the cell main.\n");
  expect(made.stdout).toContain(`1. Move ${keyFile} to the runner's machine`);
  expect(made.stdout).toContain(`2. Copy ${accounts} to each NATS node`);
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  const { seed } = readKeyFile(keyFile);
  expect(made.stdout).not.toContain(seed);
  expect((await inData(data, "linux-1")).stdout).toContain("has a key already, and keeps it");
  expect(readKeyFile(keyFile).seed).toBe(seed);
  const renewed = await inData(data, "linux-1", "--renew", "--json");
  expect(JSON.parse(renewed.stdout)).toMatchObject({
    runner: "linux-1",
    cell: "main",
    state: "renewed",
    key_file: keyFile,
  });
  expect(readKeyFile(keyFile).seed).not.toBe(seed);
  expect(made.stdout).toContain("It can enter the pool default and no other one");
  const pooled = await inData(data, "linux-1", "--pool", "clean", "--json");
  expect(JSON.parse(pooled.stdout)).toMatchObject({ state: "kept", pool: "clean" });
  expect((await inData(data, "linux-1", "--remove")).stdout).toContain("Removed the key of the runner linux-1.");
  expect(existsSync(keyFile)).toBe(false);
  expect(readFileSync(accounts, "utf8")).not.toContain("linux-1");
});

test.each([
  [["Linux 1"], 'small letters, digits and "-"'],
  [["linux-1", "--cell", "x/y"], "The name of a cell"],
  [["linux-1", "--pool", "A"], "The name of a pool"],
  [["linux-1", "--remove"], "No runner called linux-1 has a key here"],
  [["linux-1", "--remove", "--renew"], "--remove goes with neither"],
  [[], "missing required argument"],
])("runner credentials %j is wrong use", async (args, expected) => {
  const { status, stdout, stderr } = await inData(dataFolder(), ...args);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr.toLowerCase()).toContain(expected.toLowerCase());
});
