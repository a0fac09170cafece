import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { listenForCommands } from "./control.mjs";
import {
  homeFolder,
  installedLauncher,
  installLauncher,
  launcherDigest,
  launcherToRun,
  tellLauncher,
} from "./home.mjs";

test("a data folder has one home, before it exists, afterwards and through a link; asking creates nothing", () => {
  const above = mkdtempSync(path.join(tmpdir(), "banyan-home-"));
  onTestFinished(() => rmSync(above, { recursive: true, force: true }));
  const [data, link] = [path.join(above, "deep", "data"), path.join(above, "link")];
  const env = { XDG_STATE_HOME: above };
  const before = homeFolder(data, env);
  expect(readdirSync(above)).toEqual([]);
  mkdirSync(data, { recursive: true });
  symlinkSync(path.join(above, "deep"), link);
  expect([homeFolder(data, env), homeFolder(path.join(link, "data"), env)]).toEqual([before, before]);
  expect(homeFolder(path.join(link, "other"), env)).toBe(homeFolder(path.join(above, "deep", "other"), env));
});

test("home gets the launcher's programs and nothing else, wherever the checkout is", () => {
  const root = mkdtempSync(path.join(tmpdir(), "banyan.test.checkout-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(path.join(root, "launcher", "testing"), { recursive: true });
  for (const name of ["main.mjs", "main.test.ts", "testing/checkout.ts"])
    writeFileSync(path.join(root, "launcher", name), "");
  const home = path.join(root, "home");
  const digest = installLauncher(home, root);
  expect([installedLauncher(home), launcherDigest(root)]).toEqual([digest, digest]);
  expect(readdirSync(path.join(home, "launcher", digest))).toEqual(["main.mjs"]);
});

test("a damaged launcher in home is never replaced by the checkout's without a request; it is absent only before the first start", () => {
  const root = mkdtempSync(path.join(tmpdir(), "banyan.test.checkout-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(path.join(root, "launcher"));
  writeFileSync(path.join(root, "launcher", "main.mjs"), "");
  const home = path.join(root, "home");
  const [folder, named] = [path.join(home, "launcher"), path.join(home, "launcher", "current")];
  const digest = launcherToRun(home, root) ?? "";
  expect(digest).toBe(launcherDigest(root));
  writeFileSync(path.join(home, "state.json"), "");
  writeFileSync(path.join(root, "launcher", "main.mjs"), "// by an agent");
  expect(launcherToRun(home, root)).toBe(digest);
  for (const damage of [
    () => rmSync(named),
    () => writeFileSync(named, ""),
    () => writeFileSync(named, "../../../launcher"),
    () => writeFileSync(path.join(folder, digest, "more.mjs"), ""),
    () => rmSync(path.join(folder, digest), { recursive: true }),
  ]) {
    writeFileSync(named, digest);
    damage();
    expect(launcherToRun(home, root)).toBeNull();
  }
  expect(installLauncher(home, root)).toBe(launcherToRun(home, root));
});

test("without a launcher, also without a home, there is no answer and no error", async () => {
  const home = mkdtempSync(path.join(tmpdir(), "banyan-home-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  expect(await tellLauncher(home, { command: "status" })).toBeNull();
  expect(await tellLauncher(path.join(home, "none"), { command: "status" })).toBeNull();
});

test("a running launcher answers", async () => {
  const home = mkdtempSync(path.join(tmpdir(), "banyan-home-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const server = createServer((connection) => {
    connection.on("data", (text) => connection.write(`${JSON.stringify({ heard: JSON.parse(String(text)) })}\n`));
  });
  onTestFinished(() => void server.close());
  const socket = path.join(home, "launcher.sock");
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  expect(existsSync(socket)).toBe(true);
  expect(await tellLauncher(home, { command: "status" })).toEqual({ heard: { command: "status" } });
});

test("a command and its answer may hold each character of a text", async () => {
  const home = mkdtempSync(path.join(tmpdir(), "banyan-home-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const close = await listenForCommands(home, async (heard) => ({ heard }));
  onTestFinished(close);
  const command = { command: "status", by: "a\u2028b\u2029c\nd" };
  expect(await tellLauncher(home, command)).toEqual({ heard: command });
});

test("a home whose socket would have a path too long for the system is refused with what to do", async () => {
  const home = path.join(mkdtempSync(path.join(tmpdir(), "banyan-home-")), "long".repeat(30));
  onTestFinished(() => rmSync(path.dirname(home), { recursive: true }));
  mkdirSync(home);
  await expect(listenForCommands(home, async () => ({}))).rejects.toThrow(/too long for a socket: set BANYAN_HOME/);
  expect(readdirSync(path.dirname(home))).toEqual([path.basename(home)]);
});
