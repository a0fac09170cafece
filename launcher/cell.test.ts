import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { endCell, endLeftCells, inCell } from "./cell.mjs";
import { holdPort } from "./port.mjs";
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
  // A folder that is not above them is an ordinary folder of the account.
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

test("a process that is ended while its cell is still being made leaves nothing behind that holds its pipes", async () => {
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

test("the unfinished cell of a killed launcher is ended, and frees the port", async () => {
  const homes = ["0123456789abcdef", "fedcba9876543210"];
  const top = folders(homes.map((name) => `banyan/${name}/releases/1`));
  const [own = "", other = ""] = homes.map((name) => path.join(top, "banyan", name));
  /** A cell that waits before it begins, like a cell whose launcher was killed at that moment. */
  const stuck = (home: string, fd: number | "ignore") => {
    const plan = { home, readOnly: [path.join(home, "releases", "1")], writable: [], cwd: "/" };
    const [file = "", ...args] = inCell(plan, ["true"]);
    const waiting = [...args.slice(0, args.indexOf("--")), "--block-fd", "4", ...args.slice(args.indexOf("--"))];
    const child = spawn(file, waiting, { stdio: ["ignore", "ignore", "pipe", fd, "pipe"], detached: true, ...ACCOUNT });
    onTestFinished(() => endCell(child));
    const closed = new Promise<NodeJS.Signals | null>((resolve) =>
      child.once("close", (_status, signal) => resolve(signal)),
    );
    return { child, closed };
  };
  const held = await holdPort("127.0.0.1", 0);
  if (held === null) throw new Error("The port is not held here.");
  const { port } = held;
  const left = stuck(own, held.fd);
  const neighbour = stuck(other, "ignore");
  // The server listened before it was killed.
  const server = createServer().listen({ fd: held.fd });
  await once(server, "listening");
  await new Promise((resolve) => server.close(resolve));
  await expect(holdPort("127.0.0.1", port)).rejects.toThrow("is taken by another program");
  await endLeftCells(own);
  expect(await left.closed).toBe("SIGKILL");
  expect(neighbour.child.exitCode ?? neighbour.child.signalCode).toBeNull();
  const again = await holdPort("127.0.0.1", port);
  expect(again?.port).toBe(port);
  again?.close();
});
