import { spawn, spawnSync } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { endCell, inCell } from "./cell.mjs";
import { ACCOUNT } from "./testing/checkout";

/** Folders of an ordinary account, because root has no cell. */
function folders(names: readonly string[]) {
  const top = mkdtempSync(path.join(tmpdir(), "banyan-cell-"));
  onTestFinished(() => rmSync(top, { recursive: true, force: true }));
  for (const name of names) mkdirSync(path.join(top, name), { recursive: true });
  if (ACCOUNT.uid !== undefined)
    for (const entry of ["", ...readdirSync(top, { recursive: true, encoding: "utf8" })])
      chownSync(path.join(top, entry), ACCOUNT.uid, ACCOUNT.gid);
  return top;
}

test("nothing above home or the checkout can be renamed from within, so that neither can be replaced", () => {
  const top = folders(["state/banyan/0123456789abcdef", "work/projects/checkout", "work/data/old"]);
  const home = path.join(top, "state/banyan/0123456789abcdef");
  const checkout = path.join(top, "work/projects/checkout");
  const data = path.join(top, "work/data");
  const plan = { home, readOnly: [checkout], writable: [data], cwd: "/" };
  const inside = (code: string, ...names: string[]) => {
    const program = [process.execPath, "-e", code, ...names.map((name) => path.join(top, name))];
    const [file = "", ...args] = inCell(plan, program);
    return spawnSync(file, args, { ...ACCOUNT, encoding: "utf8" });
  };
  const move = (name: string) => inside("fs.renameSync(process.argv[1], process.argv[2])", name, `${name}-moved`);
  const pinned = ["state", "state/banyan", "state/banyan/0123456789abcdef"].concat([
    "work",
    "work/projects",
    "work/projects/checkout",
  ]);
  for (const name of pinned) expect(move(name).stderr).toMatch(/EBUSY|EROFS|EXDEV/);
  // What is not above them is an ordinary folder of the account.
  expect(move("work/data/old").stderr).toBe("");
});

test("the homes of other data folders are covered, too", () => {
  const homes = ["0123456789abcdef", "fedcba9876543210"];
  const top = folders(homes.map((name) => `banyan/${name}/releases/1`));
  for (const name of homes) writeFileSync(path.join(top, "banyan", name, "state.json"), "{}");
  const [own = "", other = ""] = homes.map((name) => path.join(top, "banyan", name));
  const release = path.join(own, "releases", "1");
  const seen = (folder: string) => {
    const [file = "", ...args] = inCell({ home: own, readOnly: [release], writable: [], cwd: "/" }, ["ls", folder]);
    return spawnSync(file, args, { ...ACCOUNT, encoding: "utf8" }).stdout.trim();
  };
  expect([seen(path.dirname(own)), seen(own), seen(other)]).toEqual([homes[0], "releases", ""]);
});

test("what is ended while its cell is still being made leaves nothing behind that holds its pipes", async () => {
  const plan = { home: "/opt", readOnly: [], writable: [], cwd: "/" };
  const [file = "", ...args] = inCell(plan, ["sleep", "1000"]);
  // Root has no cell.
  const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  for (let count = 0; count < 100; count++) {
    const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], detached: true, ...account });
    const closed = new Promise<NodeJS.Signals | null>((resolve) =>
      child.once("close", (_status, signal) => resolve(signal)),
    );
    // Each time at another point of its start.
    await new Promise((resolve) => setTimeout(resolve, count / 10));
    endCell(child);
    expect(await closed).toBe("SIGKILL");
  }
});
