/** The installs of `npm start`, `npm run build` and `npm test`, with the real npm and small packages. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { isAlive } from "@/lib/process/identity";
import { withLock } from "./lock.mjs";
import { SetupError } from "./say.mjs";
import { BUILD_LOCK, ensureInstalled, isInstalled, lacksDevelopment } from "./setup.mjs";
import { packagesBelow, sqliteModuleFile } from "./sqlite-module.mjs";
import { fixture } from "./testing/fixture";
import { packageRegistry, type SmallPackage } from "./testing/package-registry";

const SETUP_MODULE = fileURLToPath(new URL("setup.mjs", import.meta.url));

/** Replaces the SQLite module: it loads only after its install script has written the file. */
const SQLITE = `const { existsSync, readFileSync } = require("node:fs");
module.exports = class {
  constructor() {
    const own = "node-v" + process.versions.modules + "-" + process.platform + "-" + process.arch;
    const places = ["build/Release", "lib/binding/" + own].map((folder) => __dirname + "/" + folder + "/better_sqlite3.node");
    if (readFileSync(places.find(existsSync) ?? places[0], "utf8") !== "made") throw new Error("damaged");
  }
  close() {}
};
`;
/** The place of this Node's module. */
const MODULE = path.relative("node_modules", sqliteModuleFile(""));

const MAKE = `const { appendFileSync, existsSync, mkdirSync, writeFileSync } = require("node:fs");
require("bindings");
appendFileSync(process.env.TEST_FOLDER + "/made", process.pid + "\\n");
writeFileSync(process.env.TEST_FOLDER + "/cafile", process.env.npm_config_cafile ?? "");
if (process.env.TEST_FAILS) process.exit(1);
const awaited = process.env.TEST_AWAITED;
const timer = setInterval(() => {
  if (awaited && !existsSync(awaited)) return;
  clearInterval(timer);
  mkdirSync("build/Release", { recursive: true });
  writeFileSync("build/Release/better_sqlite3.node", "made");
}, 5);
`;

const PACKAGES: Record<string, SmallPackage> = {
  "better-sqlite3": {
    files: { "index.js": SQLITE, "make.js": MAKE },
    scripts: { install: "node make.js" },
    dependencies: { bindings: "1.0.0" },
  },
  bindings: { files: { "index.js": "" } },
  // An install script that must not run.
  scripted: { files: { "index.js": "" }, scripts: { postinstall: "node -e \"fs.writeFileSync('ran', '')\"" } },
  "only-tests": { files: { "index.js": "" } },
};

/** A checkout whose lock has these packages; `made()` returns the processes that made the SQLite module. */
async function checkout(kind: { token?: string; filesIn?: string } = {}) {
  const registry = await packageRegistry(PACKAGES, kind);
  const direct = {
    dependencies: { "better-sqlite3": "1.0.0", scripted: "1.0.0" },
    devDependencies: { "only-tests": "1.0.0" },
  };
  const packages = {
    "": { name: "small", ...direct },
    "node_modules/better-sqlite3": registry.locked("better-sqlite3"),
    "node_modules/bindings": registry.locked("bindings"),
    "node_modules/only-tests": registry.locked("only-tests", { dev: true }),
    "node_modules/scripted": registry.locked("scripted"),
  };
  const root = fixture({
    "package.json": JSON.stringify({ name: "small", ...direct }),
    "package-lock.json": JSON.stringify({ name: "small", lockfileVersion: 3, requires: true, packages }),
    "home/.keep": "",
  });
  const env = {
    npm_config_registry: registry.url,
    npm_config_cache: path.join(root, "home/cache"),
    npm_config_userconfig: path.join(root, "home/npmrc"),
    TEST_FOLDER: root,
    TEST_AWAITED: "",
    TEST_FAILS: "",
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const made = () => {
    const file = path.join(root, "made");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").map(Number) : [];
  };
  return { root, registry, made, has: (file: string) => existsSync(path.join(root, "node_modules", file)) };
}

test("work that needs only the packages is done while the SQLite module is compiled", async () => {
  const { root, made, has } = await checkout();
  const awaited = path.join(root, "built");
  // Compiling waits for the build, so running one after the other would never end.
  vi.stubEnv("TEST_AWAITED", awaited);
  await ensureInstalled(root, {
    meanwhile: async () => {
      expect(has("better-sqlite3/index.js") && has("scripted/index.js")).toBe(true);
      writeFileSync(awaited, "");
    },
  });
  expect(made()).toHaveLength(1);
  expect(has(MODULE)).toBe(true);
});

test("only the install script of the SQLite module runs", async () => {
  const { root, has } = await checkout();
  await ensureInstalled(root);
  expect(has("scripted/index.js")).toBe(true);
  expect(has("scripted/ran")).toBe(false);
});

test("a second install, such as of a new version, uses the compiled SQLite module if it loads", async () => {
  const { root, made, has } = await checkout();
  await ensureInstalled(root);
  rmSync(path.join(root, "node_modules"), { recursive: true });
  await ensureInstalled(root);
  expect(made()).toHaveLength(1);
  expect(has(MODULE)).toBe(true);

  rmSync(path.join(root, "node_modules"), { recursive: true });
  const kept = path.join(root, "dist/native");
  for (const name of readdirSync(kept)) writeFileSync(path.join(kept, name), "changed");
  await ensureInstalled(root);
  expect(made()).toHaveLength(2);
});

test("another Node adds its own module, and replaces no package that the first one may be using", async () => {
  const { root, registry, made, has } = await checkout();
  await ensureInstalled(root);
  const others = path.join(root, sqliteModuleFile("", "1"));
  mkdirSync(path.dirname(others), { recursive: true });
  renameSync(path.join(root, sqliteModuleFile("")), others);
  const marker = path.join(root, "node_modules/.banyan-install");
  const own = readFileSync(marker, "utf8");
  const first = own.replace(`abi${process.versions.modules}`, "abi1");
  writeFileSync(marker, first);
  expect(isInstalled(root)).toBe(false);
  const asked = registry.asked.length;

  await ensureInstalled(root);
  expect([has(MODULE), existsSync(others)]).toEqual([true, true]);
  expect(readFileSync(marker, "utf8")).toBe(`${first}${own}`);
  expect([registry.asked.length, made().length]).toEqual([asked, 1]);
});

test("when only development packages are missing, a start installs nothing, and tests install them", async () => {
  const { root, registry, has } = await checkout();
  await promisify(execFile)("npm", ["ci", "--omit=dev", "--ignore-scripts=false"], { cwd: root });
  const asked = registry.asked.length;
  await ensureInstalled(root);
  expect(registry.asked).toHaveLength(asked);
  expect(lacksDevelopment(root)).toBe(true);
  await ensureInstalled(root, { forDevelopment: true });
  expect(has("only-tests/index.js")).toBe(true);
});

test("a build that fails ends the compiler, and only the build's error is reported", async () => {
  const { root, made } = await checkout();
  vi.stubEnv("TEST_AWAITED", path.join(root, "never"));
  const installed = ensureInstalled(root, {
    meanwhile: async () => {
      await expect.poll(made, { timeout: 60_000 }).toHaveLength(1);
      throw new SetupError("The pages could not be built.");
    },
  });
  await expect(installed).rejects.toThrow("The pages could not be built.");
  await expect.poll(() => isAlive(made()[0] ?? 0), { timeout: 60_000 }).toBe(false);
});

test("packages that the registry lacks are named", async () => {
  const { root } = await checkout();
  const file = path.join(root, "package-lock.json");
  writeFileSync(file, readFileSync(file, "utf8").replaceAll("scripted", "unknown"));
  writeFileSync(
    path.join(root, "package.json"),
    readFileSync(path.join(root, "package.json"), "utf8").replace("scripted", "unknown"),
  );
  await expect(ensureInstalled(root)).rejects.toThrow(
    /unknown[\s\S]*Installing the dependencies failed \(`npm ci`, status 1;/,
  );
});

test("packages are fetched from their addresses, without asking for their descriptions", async () => {
  const { root, registry, has } = await checkout();
  await ensureInstalled(root);
  expect(registry.asked).toContain("/scripted/-/scripted-1.0.0.tgz");
  expect(registry.asked).not.toContain("/scripted");
  expect(has("scripted/index.js") && has("only-tests/index.js")).toBe(true);
});

test("a registry that keeps packages at other addresses is asked for them", async () => {
  const { root, registry, has } = await checkout({ filesIn: "files" });
  await ensureInstalled(root);
  expect(registry.asked).toEqual(expect.arrayContaining(["/scripted", "/files/scripted.tgz"]));
  expect(has("scripted/index.js") && has(MODULE)).toBe(true);
});

test("packages stay in their place when an install fails", async () => {
  const { root, has } = await checkout();
  await ensureInstalled(root);
  const file = path.join(root, "package-lock.json");
  writeFileSync(file, readFileSync(file, "utf8").replace(/"integrity":"sha512-[^"]*"/g, '"integrity":"sha512-AAAA"'));
  await expect(ensureInstalled(root)).rejects.toThrow(/EINTEGRITY[\s\S]*Installing the dependencies failed/);
  expect(has("scripted/index.js") && has(MODULE)).toBe(true);
});

test("two installs at once install once", async () => {
  const { root, registry, made } = await checkout();
  await Promise.all([ensureInstalled(root), ensureInstalled(root)]);
  expect(made()).toHaveLength(1);
  expect(registry.asked.filter((url) => url.endsWith("scripted-1.0.0.tgz"))).toHaveLength(1);
});

test("no package is replaced while a build still uses it, such as that of a killed start", async () => {
  const { root, has } = await checkout();
  mkdirSync(path.join(root, "node_modules/used"), { recursive: true });
  const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  let installed = Promise.resolve();
  await withLock(path.join(root, BUILD_LOCK), "building", async () => {
    installed = ensureInstalled(root);
    await expect
      .poll(() => said.mock.calls.map(([line]) => line), { timeout: 60_000 })
      .toContain(`Another process (${process.pid}) is building: waiting for it.\n`);
    expect(has("used")).toBe(true);
  });
  await installed;
  expect(has("used")).toBe(false);
});

/** Runs `ensureInstalled` in a process, with a build that never ends, and kills the process when `isReached`. */
async function killed(root: string, isReached: () => boolean) {
  const script = `
    import { writeFileSync } from "node:fs";
    import { ensureInstalled } from ${JSON.stringify(SETUP_MODULE)};
    await ensureInstalled(${JSON.stringify(root)}, {
      meanwhile: () => {
        writeFileSync("building", "");
        return new Promise((resolve) => setInterval(resolve, 2 ** 30));
      },
    });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { cwd: root, stdio: "ignore" });
  const gone = once(child, "exit");
  await expect.poll(isReached, { timeout: 60_000 }).toBe(true);
  child.kill("SIGKILL");
  await gone;
}

test("an install that is killed in any step is repeated", async () => {
  const { root, registry, made, has } = await checkout();
  await killed(root, () => registry.asked.length > 0);

  // The compiler keeps running and ends later; the next install waits for it.
  const awaited = path.join(root, "go-on");
  vi.stubEnv("TEST_AWAITED", awaited);
  await killed(root, () => made().some(isAlive));
  expect(isInstalled(root)).toBe(false);
  writeFileSync(awaited, "");

  rmSync(path.join(root, "building"), { force: true });
  await killed(root, () => existsSync(path.join(root, "building")));
  expect(isInstalled(root)).toBe(false);

  await ensureInstalled(root);
  expect(isInstalled(root)).toBe(true);
  expect(has("scripted/index.js") && has(MODULE)).toBe(true);
  // A dead process may still hold the lock of builds, which the next build takes from it.
  const left = readdirSync(path.join(root, "dist")).filter((name) => name !== path.basename(BUILD_LOCK));
  expect(left).toEqual(["native"]);
  expect(readdirSync(path.join(root, "dist/native"))).toEqual([expect.stringMatching(/^\w+\.node$/)]);
});

test("npm's settings apply in both places: registry, token, certificates, and that no scripts run", async () => {
  const { root, registry, made, has } = await checkout({ token: "letmein" });
  vi.stubEnv("npm_config_registry", undefined);
  vi.stubEnv("npm_config_cafile", undefined);
  const host = registry.url.replace("http:", "");
  writeFileSync(
    path.join(root, ".npmrc"),
    `registry=${registry.url}\n${host}:_authToken=\${TEST_TOKEN}\ncafile=./company.pem\n`,
  );
  writeFileSync(path.join(root, "home/npmrc"), "ignore-scripts=true\n");
  vi.stubEnv("TEST_TOKEN", "letmein");
  await ensureInstalled(root);
  expect(made()).toHaveLength(1);
  expect(has("scripted/ran")).toBe(false);
  // A path in the settings is relative to the checkout, also where the SQLite module is made.
  expect(readFileSync(path.join(root, "cafile"), "utf8")).toBe(path.join(root, "company.pem"));
});

test("without a prebuilt SQLite module and without a compiler, one sentence says what to install", async () => {
  const { root } = await checkout();
  vi.stubEnv("TEST_FAILS", "1");
  const programs = path.join(root, "programs");
  mkdirSync(programs);
  symlinkSync("/bin/sh", path.join(programs, "sh"));
  vi.stubEnv("PATH", programs);
  await expect(ensureInstalled(root)).rejects.toThrow(
    /^No prebuilt SQLite module is available, and compiling it needs a compiler: run `.*python3 make g\+\+.*` \(or your system's equivalent\), then start again\.$/,
  );
  expect(isInstalled(root)).toBe(false);
});

test("every package with an install script is known to work without it", () => {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
    packages: Record<string, { hasInstallScript?: boolean }>;
  };
  const names = Object.keys(packages).filter((place) => packages[place]?.hasInstallScript);
  const scripted = names.map((place) => place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length));
  // esbuild's script only makes its command start faster, and fetches a program that is an optional package anyway.
  expect([...new Set(scripted)].sort()).toEqual(["better-sqlite3", "esbuild"]);
});

test("the dependencies of a package are taken from where Node would find them", () => {
  const locked = (dependencies = {}) => ({ version: "1.0.0", dependencies });
  const packages = {
    "": locked({ a: "1" }),
    "node_modules/a": locked({ b: "1", "@x/c": "1" }),
    "node_modules/a/node_modules/b": locked({ d: "1" }),
    "node_modules/@x/c": { ...locked({ b: "2" }), optionalDependencies: { missing: "1" } },
    "node_modules/b": locked(),
    "node_modules/d": locked({ a: "1" }),
    "node_modules/other": locked(),
  };
  const places = Object.keys(packagesBelow(packages, "a"));
  expect(places.sort()).toEqual(
    Object.keys(packages)
      .filter((place) => place !== "" && !place.endsWith("other"))
      .sort(),
  );
});
