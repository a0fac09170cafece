import { accessSync, constants, existsSync } from "node:fs";
import path from "node:path";
import { aptGet } from "./apt.mjs";
import { runChild, tail } from "./child.mjs";
import { SetupError, say } from "./say.mjs";

const PLAYWRIGHT_FOLDER = ".cache/ms-playwright";

/**
 * @param {string} program @param {string | undefined} searchPath
 * @returns {string | undefined} the program's file; the program is not started
 */
export function findProgram(program, searchPath = process.env.PATH) {
  for (const folder of (searchPath ?? "").split(path.delimiter)) {
    const file = path.join(folder, program);
    try {
      accessSync(file, constants.X_OK);
      if (folder) return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

export function isRoot() {
  return process.getuid?.() === 0;
}

/** Whether this is Debian or a derivative, and this user may install packages. */
function canInstall() {
  return isRoot() && existsSync("/etc/debian_version") && findProgram("apt-get") !== undefined;
}

/**
 * Installs system packages when no password is needed: as root on Debian or Ubuntu.
 * @param {string[]} packages
 * @param {string} purpose why they are needed: "the browser tests need a browser"
 * @throws {SetupError} with the command that the user can run instead
 */
export async function installPackages(packages, purpose) {
  const command = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(" ")}`;
  const byHand = `${isMac() ? forMac(packages) : `run \`${isRoot() ? command : `sudo sh -c "${command}"`}\` (or your system's equivalent)`}, then start again.`;
  if (!canInstall()) throw new SetupError(`${capitalised(purpose)}: ${byHand}`);
  say(
    `${capitalised(purpose)}: installing the system package${packages.length > 1 ? "s" : ""} ${packages.join(", ")} …`,
  );
  const options = { cwd: "/", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  // The status is ignored: after a partly failed update the package lists may still suffice, and the install shows it.
  await aptGet(["update"], options);
  const { status, output } = await aptGet(["install", "-y", "--no-install-recommends", ...packages], options);
  if (status === 0) return;
  throw new SetupError(`${tail(output, 8)}\n${capitalised(purpose)}, and installing it failed (see above): ${byHand}`);
}

const isMac = () => process.platform === "darwin";

/** Apple's tools hold the compilers, make and Python. @param {string[]} packages */
function forMac(packages) {
  return `install ${packages.join(", ")} with \`xcode-select --install\` or with Homebrew`;
}

/** @param {string} text */
function capitalised(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** @returns {string[]} missing packages that compiling a native module needs */
export function missingCompilers() {
  const missing = [];
  if (!findProgram("python3")) missing.push("python3");
  if (!findProgram("make")) missing.push("make");
  if (!findProgram("g++") && !findProgram("clang++")) missing.push("g++");
  return missing;
}

/** Chromium without a window's own parts, by Debian's name: the same pages in two thirds of the time. A few tests need the whole one besides. */
const SHELL = "chromium-headless-shell";
const BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** @param {readonly string[]} names @returns {string | undefined} the first of these browsers that the system has */
function systemBrowser(names) {
  for (const name of names) {
    const found = findProgram(name) ?? findProgram(name, "/usr/bin:/usr/local/bin:/snap/bin");
    if (found) return found;
  }
  return undefined;
}

/** @param {string} root the checkout @returns {Promise<string | undefined>} the browser that Playwright has downloaded */
async function findPlaywrightBrowser(root) {
  if (!existsSync(path.join(process.env.HOME ?? "/nonexistent", PLAYWRIGHT_FOLDER))) return undefined;
  const script = 'import("@playwright/test").then((p) => console.log(p.chromium.executablePath()))';
  const { status, output } = await runChild(process.execPath, ["-e", script], { cwd: root });
  const file = output.trim();
  return status === 0 && existsSync(file) ? file : undefined;
}

/**
 * Installs the headless shell beside a browser that the system has, in the browser's version, so that nothing else changes.
 * @returns {Promise<string | undefined>} nothing where the packages do not have it: the browser does as well
 */
async function installShell() {
  if (!canInstall()) return undefined;
  // One line: the package's name, a tab, its version.
  const { status, output } = await runChild("dpkg-query", ["--show", "chromium"], { cwd: "/" });
  if (status !== 0) return undefined;
  try {
    await installPackages(
      [`${SHELL}=${output.trim().split("\t")[1]}`],
      "the browser tests are quicker without windows",
    );
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`${SHELL} could not be installed, so the browser tests run in the browser that is there.`);
  }
  return systemBrowser([SHELL]);
}

/**
 * Returns the browser for the browser tests: BANYAN_CHROMIUM's, or the system's, or Playwright's. Installs one if none is found.
 * @param {string} root @returns {Promise<string>}
 */
export async function ensureBrowser(root) {
  const named = process.env.BANYAN_CHROMIUM;
  if (named) {
    if (existsSync(named)) return named;
    throw new SetupError(
      `BANYAN_CHROMIUM is ${named}, which does not exist: set it to the path of a Chromium, or unset it.`,
    );
  }
  let whole = systemBrowser(BROWSERS) ?? (await findPlaywrightBrowser(root));
  if (!whole) {
    await installPackages(["chromium"], "the browser tests need a browser");
    whole = systemBrowser(BROWSERS);
  }
  if (whole) return systemBrowser([SHELL]) ?? (await installShell()) ?? whole;
  throw new SetupError(
    "The browser tests need a browser: set BANYAN_CHROMIUM to the path of a Chromium, then start again.",
  );
}

/** Languages and tools that tests run in the sandbox, which sees only /usr. @type {Readonly<Record<string, string>>} */
const PACKAGES_OF_TESTS = { "/usr/bin/python3": "python3", "/usr/bin/make": "make" };

/** Installs what tests run in the sandbox, if it is missing. @returns {Promise<void>} */
export async function ensureProgramsOfTests() {
  const missing = Object.entries(PACKAGES_OF_TESTS).flatMap(([file, name]) => (existsSync(file) ? [] : [name]));
  if (missing.length > 0) await installPackages(missing, `tests run ${missing.join(" and ")} in the sandbox`);
}

/** @returns {string | undefined} the file of nats-server: Debian puts it where only root's own PATH looks */
export function findNatsServer() {
  return findProgram("nats-server") ?? findProgram("nats-server", "/usr/sbin:/usr/local/bin:/usr/local/sbin");
}

/** Installs the NATS server, which tests of runners start on the loopback, if it is missing. @returns {Promise<void>} */
export async function ensureNatsServer() {
  if (!findNatsServer()) await installPackages(["nats-server"], "tests of runners start a NATS server");
}

/** Installs what tests of runners make networks with, which they cut, if it is missing. @returns {Promise<void>} */
export async function ensureNetworkPrograms() {
  if (!findProgram("ip") && !findProgram("ip", "/usr/sbin:/sbin"))
    await installPackages(["iproute2"], "tests of runners make networks, and cut them");
}

/** Installs the programs of the sandbox for agents' commands, if they are missing. @returns {Promise<void>} */
export async function ensureSandbox() {
  const missing = [];
  if (!findProgram("bwrap")) missing.push("bubblewrap");
  if (!findProgram("prlimit")) missing.push("util-linux");
  if (missing.length > 0)
    await installPackages(missing, `the sandbox for agents' commands needs ${missing.join(" and ")}`);
}
