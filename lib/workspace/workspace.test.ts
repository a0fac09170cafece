import { execFile, execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { homeFolder as launcherHome } from "@/launcher/home.mjs";
import { launcherHomeOf, launcherHomesOf } from "../env/launcher-homes";
import { readTextFile, writeFileAtomically } from "./files";
import type { WorkspaceView } from "./path";
import { isPersonsFolder } from "./persons-folder";
import { prepareWorkspace, rulesOf } from "./prepare";
import { SKIPPED_FOLDERS, walk } from "./walk";

let base: string;
let root: string;
let view: WorkspaceView;

beforeEach(() => {
  base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-test-")));
  root = path.join(base, "work");
  fs.mkdirSync(root);
  fs.mkdirSync(path.join(base, "work-sibling"));
  fs.writeFileSync(path.join(base, "work-sibling", "secret"), "secret-value");
  fs.writeFileSync(path.join(root, "a.txt"), "inside");
  view = { root, hiddenPaths: [] };
});
afterEach(() => fs.rmSync(base, { recursive: true, force: true }));

async function paths(options: Parameters<typeof walk>[2] = {}): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of walk(root, [], options)) found.push(`${entry.kind} ${entry.path}`);
  return found;
}

describe("reading and writing below a root", () => {
  test("a file is named relative to the root, by its host path or by its path in the sandbox", async () => {
    for (const given of ["a.txt", "./a.txt", `${root}/a.txt`, "/workspace/a.txt"]) {
      expect(await readTextFile(view, given)).toBe("inside");
    }
  });

  test.each([
    ["../work-sibling/secret", '".."'],
    ["x/../../work-sibling/secret", '".."'],
    ["/etc/passwd", "outside the workspace"],
    ["a.txt\0.png", "NUL"],
    ["x".repeat(5000), "longer than"],
    ["missing", "There is no"],
    [".", "is a folder"],
  ])("%s is refused", async (given, reason) => {
    await expect(readTextFile(view, given)).rejects.toThrow(reason);
    await expect(writeFileAtomically(view, given === "missing" ? "" : given, "x")).rejects.toThrow();
  });

  test("a folder whose name starts like the root's is outside", async () => {
    await expect(readTextFile(view, `${root}-sibling/secret`)).rejects.toThrow("outside the workspace");
  });

  test("links are refused at the end of a path and in the middle, for reading and for writing", async () => {
    fs.symlinkSync(path.join(base, "work-sibling"), path.join(root, "folder"));
    fs.symlinkSync(path.join(base, "work-sibling", "secret"), path.join(root, "file"));
    fs.symlinkSync("a.txt", path.join(root, "inner"));
    for (const given of ["folder/secret", "file", "inner"]) {
      await expect(readTextFile(view, given)).rejects.toThrow("symbolic link");
      await expect(writeFileAtomically(view, given, "x")).rejects.toThrow("symbolic link");
    }
    await expect(writeFileAtomically(view, "folder/new/deep", "x")).rejects.toThrow("symbolic link");
    expect(fs.readdirSync(path.join(base, "work-sibling"))).toEqual(["secret"]);
    expect(fs.readFileSync(path.join(base, "work-sibling", "secret"), "utf8")).toBe("secret-value");
  });

  test("a folder swapped for a link during reads and writes never leads outside", async () => {
    const outside = path.join(base, "work-sibling");
    fs.mkdirSync(path.join(root, "swapped"));
    fs.writeFileSync(path.join(root, "swapped", "secret"), "inside");
    // A write without the folder creates it; with -T and -rf the swapping continues anyway.
    const script =
      'cd "$0"; while [ ! -e stop ]; do mv -T swapped kept; ln -sT "$1" swapped; rm -rf swapped; mv -T kept swapped; done; rm stop';
    const swapper = promisify(execFile)("bash", ["-c", script, root, outside]);
    const seen = new Set<string>();
    for (let i = 0; i < 1000; i++) {
      seen.add(await readTextFile(view, "swapped/secret").catch(() => "refused"));
      if (i % 10 === 0) await writeFileAtomically(view, "swapped/written", "x").catch(() => undefined);
      for await (const entry of walk(root)) if (entry.kind === "file") seen.add(entry.name);
    }
    fs.writeFileSync(path.join(root, "stop"), "");
    await swapper;
    expect(seen).not.toContain("secret-value");
    expect(seen).toContain("inside");
    expect(fs.readdirSync(outside)).toEqual(["secret"]);
  });

  test("a FIFO, a binary file and a huge file each give a sentence, without waiting", async () => {
    execFileSync("mkfifo", [path.join(root, "pipe")]);
    fs.writeFileSync(path.join(root, "binary"), Buffer.from([1, 0, 2]));
    const huge = fs.openSync(path.join(root, "huge"), "w");
    fs.ftruncateSync(huge, 20 * 1024 ** 3);
    fs.closeSync(huge);
    await expect(readTextFile(view, "pipe")).rejects.toThrow("not a regular file");
    await expect(readTextFile(view, "binary")).rejects.toThrow("binary file of 3 bytes");
    await expect(readTextFile(view, "huge")).rejects.toThrow("more than the 10485760");
    await expect(writeFileAtomically(view, "big", Buffer.alloc(11 * 1024 ** 2))).rejects.toThrow("write fewer bytes");
  });

  test("invalid UTF-8 is replaced, not refused", async () => {
    fs.writeFileSync(path.join(root, "latin1"), Buffer.from([0x63, 0x61, 0x66, 0xe9]));
    expect(await readTextFile(view, "latin1")).toBe("caf\uFFFD");
  });

  test("writing creates parents, replaces whole files, keeps their mode and leaves no temporary file", async () => {
    expect(await writeFileAtomically(view, "deep/er/b.sh", "one")).toEqual({ created: true, sizeBytes: 3 });
    fs.chmodSync(path.join(root, "deep/er/b.sh"), 0o750);
    expect(await writeFileAtomically(view, "deep/er/b.sh", "two!")).toEqual({ created: false, sizeBytes: 4 });
    expect(fs.readdirSync(path.join(root, "deep/er"))).toEqual(["b.sh"]);
    expect(fs.readFileSync(path.join(root, "deep/er/b.sh"), "utf8")).toBe("two!");
    expect(fs.statSync(path.join(root, "deep/er/b.sh")).mode & 0o777).toBe(0o750);
  });

  test("hidden paths cannot be read, written, listed, or reached by a hard link", async () => {
    fs.mkdirSync(path.join(root, "data"));
    fs.writeFileSync(path.join(root, "data", "key"), "secret-value");
    fs.linkSync(path.join(root, "data", "key"), path.join(root, "innocent"));
    const hiding = { root, hiddenPaths: [path.join(root, "data"), path.join(root, "data", "key")] };
    for (const given of ["data", "data/key", "./data//key", "/workspace/data/key", "innocent"]) {
      await expect(readTextFile(hiding, given)).rejects.toThrow("hidden");
    }
    await expect(writeFileAtomically(hiding, "data/new", "x")).rejects.toThrow("hidden");
    expect(await readTextFile({ root, hiddenPaths: [path.join(root, "dat")] }, "data/key")).toBe("secret-value");
    expect(await paths({ hiddenPaths: hiding.hiddenPaths })).toEqual(["file a.txt"]);
  });

  test("in a read-only workspace only files in the scratch folder can be created and changed", async () => {
    const readOnly = { ...view, isReadOnly: true };
    for (const given of [
      "a.txt",
      "new.md",
      "seeds/new.md",
      ".banyan-scratch",
      "/workspace/.env",
      "./.banyan-scratch2/x",
    ])
      await expect(writeFileAtomically(readOnly, given, "x"), given).rejects.toThrow(
        "read-only except for .banyan-scratch",
      );
    await writeFileAtomically(readOnly, ".banyan-scratch/report.md", "one");
    expect(await writeFileAtomically(readOnly, ".banyan-scratch/report.md", "two")).toMatchObject({ created: false });
    expect(await readTextFile(view, "a.txt")).toBe("inside");
    fs.symlinkSync("..", path.join(root, ".banyan-scratch", "up"));
    await expect(writeFileAtomically(readOnly, ".banyan-scratch/up/x", "x")).rejects.toThrow("link");
  });
});

describe("walk", () => {
  test("yields links and special files without following them, and skips the given folders", async () => {
    fs.mkdirSync(path.join(root, "node_modules", "x"), { recursive: true });
    fs.symlinkSync("..", path.join(root, "up"));
    execFileSync("mkfifo", [path.join(root, "pipe")]);
    expect(await paths({ skip: SKIPPED_FOLDERS })).toEqual([
      "file a.txt",
      "directory node_modules",
      "other pipe",
      "link up",
    ]);
    expect(await paths()).toContain("directory node_modules/x");
    expect(await paths({ depth: 0 })).not.toContain("directory node_modules/x");
  });

  test("stops at its cap, at an abort, and copes with a deep chain", async () => {
    await expect(paths({ maxEntries: 0 })).rejects.toThrow("more than 0");
    await expect(paths({ signal: AbortSignal.abort(new Error("stopped")) })).rejects.toThrow("stopped");
    fs.mkdirSync(path.join(root, ...Array(300).fill("d")), { recursive: true });
    expect((await paths()).length).toBe(130);
  });
});

describe("preparing a workspace", () => {
  const prepare = (folder?: string, checkout = path.join(base, "work-sibling")) =>
    prepareWorkspace({ dataDir: path.join(base, "data"), treeId: "tree-1", request: { folder }, checkout });

  test("without a given folder a new one is created, and the second call returns the same", () => {
    const fresh = prepare();
    expect(fresh).toMatchObject({ ownedByBanyan: true, isReadOnly: false });
    expect(fs.statSync(fresh.root).mode & 0o777).toBe(0o700);
    expect(prepare().root).toBe(fresh.root);
    expect(() => prepareWorkspace({ dataDir: base, treeId: "../x", request: {} })).toThrow("cannot name a folder");
  });

  test("a given folder is used in place, with links resolved and the data folder hidden", () => {
    fs.symlinkSync(root, path.join(base, "link"));
    expect(prepare(path.join(base, "link"))).toEqual({
      root,
      ownedByBanyan: false,
      isReadOnly: false,
      hiddenPaths: [path.join(base, "data")],
    });
  });

  test.each([
    ["missing", "does not exist"],
    ["work/a.txt", "is not a folder"],
    ["data/workspaces", "data folder"],
    ["work\0", "NUL"],
  ])("%s is refused with a sentence", (name, reason) => {
    prepare();
    expect(() => prepare(`${base}/${name}`)).toThrow(reason);
    expect(() => prepare("/")).toThrow("operating system");
    expect(() => prepare("")).toThrow("empty");
  });

  test.each(
    ["/", "/etc", "/etc/ssl", "/usr", "/usr/share", "/var", "/var/lib", "/home", "/root", "/tmp", "/opt"].filter(
      fs.existsSync,
    ),
  )("%s is no person's project, neither in place nor as a copy, nor behind a link", (folder) => {
    const link = path.join(base, "innocent");
    fs.symlinkSync(folder, link);
    for (const given of [folder, `${folder}/.`, link])
      for (const isCopied of [false, true])
        expect(() =>
          prepareWorkspace({ dataDir: path.join(base, "data"), treeId: "t", request: { folder: given, isCopied } }),
        ).toThrow(/belongs to the operating system or is a whole home folder; name a project's own folder/);
  });

  test.each([
    ["/home/ann", false],
    ["/home/ann/project", true],
    ["/Users/ann", false],
    ["/Users/ann/project", true],
    ["/work", true],
    ["/workspaces/project", true],
    ["/srv/project", true],
    ["/run/media/ann/disk", true],
    ["/run/user/1000", false],
    ["/var/lib/postgresql", false],
    ["/var/www/site", true],
    ["/lib64", false],
    ["/boot/efi", false],
    ["/System/Library", false],
    [os.homedir(), false],
    [path.join(os.homedir(), "project"), true],
  ])("whether %s can be a person's project: %s", (folder, can) => {
    expect(isPersonsFolder(folder)).toBe(can);
  });

  test("a launcher's folder, what is in it and what is around it are refused, also with a checkout", () => {
    const home = path.join(root, "home");
    fs.mkdirSync(path.join(home, "releases", "1"), { recursive: true });
    const given = (folder: string, checkout: string) => () =>
      prepareWorkspace({
        dataDir: path.join(base, "data"),
        treeId: "t",
        request: { folder },
        checkout,
        keyPaths: [home],
      });
    for (const checkout of [path.join(base, "work-sibling"), root, path.join(home, "releases", "1")]) {
      expect(given(root, checkout)).toThrow(`contains ${home}, which belongs to Banyan itself`);
      expect(given(home, checkout)).toThrow(`is in ${home}, which belongs to Banyan itself`);
      expect(given(path.join(home, "releases", "1"), checkout)).toThrow(`is in ${home}`);
    }
    fs.writeFileSync(path.join(root, "package.json"), '{"name":"banyan"}');
    expect(given(root, path.join(base, "work-sibling"))).toThrow(`contains ${home}`);
    expect(rulesOf(root, path.join(base, "data"), root, [home]).hiddenPaths).toContain(home);
  });

  test("the launcher's folders are those that the launcher computes", () => {
    for (const env of [{ HOME: "/home/ann" }, { HOME: "/home/ann", XDG_STATE_HOME: "/state" }, { BANYAN_HOME: "/b" }]) {
      const home = launcherHome(path.join(base, "data"), env);
      expect(launcherHomesOf(env, "/").some((folder) => home === folder || home.startsWith(`${folder}/`))).toBe(true);
      expect(launcherHomeOf(launcherHomesOf(env, "/"), path.join(base, "data"))).toBe(home);
    }
  });

  test("a checkout of the system is recognised, and its secrets are hidden", () => {
    fs.writeFileSync(path.join(root, "package.json"), '{"name":"banyan"}');
    for (const name of [".env", ".env.local", ".env.example", "server.key"])
      fs.writeFileSync(path.join(root, name), "");
    const prepared = prepare(root);
    expect(prepared.isReadOnly).toBe(true);
    const hidden = prepared.hiddenPaths.map((entry) => path.relative(base, entry)).sort();
    expect(hidden).toEqual(["data", "work/.env", "work/.env.local", "work/server.key"]);
    fs.rmSync(path.join(root, "package.json"));
    expect(prepare(root).isReadOnly).toBe(false);
    expect(prepare(root, path.join(base)).isReadOnly).toBe(true);
  });
});
