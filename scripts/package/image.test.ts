/** The Dockerfile's image in a container, when BANYAN_IMAGE_TEST is set. `docs/testing.md` says what it needs. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { makeBases } from "./image-bases";

/** `1`: the test builds it; another text is the name of an image that is there. */
const WANTED = process.env.BANYAN_IMAGE_TEST ?? "";
const IMAGE = WANTED === "1" ? "localhost/banyan-image-test" : WANTED;

/** Options divided by spaces, which some machines need: of podman itself, of its builds, and of its runs. */
const optionsOf = (name: string) => (process.env[name] ?? "").split(" ").filter((part) => part !== "");
const PODMAN = optionsOf("BANYAN_IMAGE_PODMAN");
const BUILD = optionsOf("BANYAN_IMAGE_BUILD");
const RUN = optionsOf("BANYAN_IMAGE_RUN");

const NAME = `banyan-image-test-${process.pid}`;
const VOLUMES = ["data", "home"].map((name) => `${NAME}-${name}`);
const MOUNTS = ["/var/lib/banyan", "/home/banyan"].flatMap((place, at) => ["--volume", `${VOLUMES[at]}:${place}`]);
/** As in docker-compose.yml, in the words of podman. */
const SANDBOX = ["--security-opt=seccomp=unconfined", "--security-opt=unmask=ALL"];
const PORT = String(20_000 + (process.pid % 10_000));
const STARTED_MS = 120_000;
const BUILT_MS = 3_600_000;
const CALL_MS = 120_000;
const MOST_MB = 250;
const DEVELOPMENT = ["vitest", "@biomejs/biome", "@playwright/test", "knip"];

function podman(...args: string[]) {
  const { status, stdout, stderr, error } = spawnSync("podman", [...PODMAN, ...args], { encoding: "utf8" });
  if (error) throw new Error("podman is missing: install it with `apt-get install podman debootstrap`.");
  return { status, stdout, stderr };
}

/** Builds the Dockerfile as it stands, on bases that are made here. */
function build(): void {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-image-"));
  const must = (args: string[]) => {
    const [command = "", ...rest] = args;
    const { status, stderr } = podman(command, ...(command === "build" ? BUILD : []), ...rest);
    if (status !== 0) throw new Error(`podman ${args.join(" ")}: ${stderr.slice(-4_000)}`);
  };
  try {
    const bases = makeBases(must, folder);
    const from = [`BUILD_BASE=${bases.build}`, `BASE=${bases.run}`].flatMap((base) => ["--build-arg", base]);
    must(["build", "--format", "docker", ...from, "--tag", IMAGE, path.resolve(import.meta.dirname, "../..")]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runs(options: readonly string[], ...command: string[]) {
  const given = ["--network=host", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--env", `PORT=${PORT}`];
  return podman("run", ...given, ...MOUNTS, ...RUN, ...options, IMAGE, ...command);
}

const banyan = (...args: string[]) => podman("exec", NAME, "npx", "banyan", ...args);

async function isHealthy(): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${PORT}/health`)).ok;
  } catch {
    return false;
  }
}

function clean() {
  podman("rm", "--force", "--time=0", NAME);
  podman("volume", "rm", "--force", ...VOLUMES);
}

test("the packages that the image must not have are packages of development", () => {
  const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(DEVELOPMENT.filter((name) => !(name in devDependencies))).toEqual([]);
});

if (IMAGE !== "")
  describe("the image", () => {
    beforeAll(async () => {
      if (WANTED === "1") build();
      clean();
      expect(runs([...SANDBOX, "--detach", "--init", "--name", NAME])).toMatchObject({ status: 0 });
      await vi.waitUntil(isHealthy, STARTED_MS);
    }, BUILT_MS);

    afterAll(clean);

    test(
      "it holds no development packages",
      () => {
        const found = podman("exec", NAME, "find", "/usr/local", "/opt", "-type", "d", "-path", "*/node_modules/*");
        expect(found.status).toBe(0);
        const there = found.stdout.split("\n").map((line) => line.split("/node_modules/").at(-1) ?? "");
        expect(there).toContain("next");
        expect(DEVELOPMENT.filter((name) => there.includes(name))).toEqual([]);
        const taken = podman("exec", NAME, "du", "-sm", "/usr/local/lib/node_modules/banyan").stdout;
        expect(Number.parseInt(taken, 10)).toBeLessThan(MOST_MB);
      },
      CALL_MS,
    );

    test(
      "it serves its pages to the one-time link",
      async () => {
        const { stdout, status } = banyan("signin");
        expect(status).toBe(0);
        const link = /http:\/\/\S+/.exec(stdout)?.[0] ?? "";
        const page = await fetch(link);
        expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("/_next/static/")]);
      },
      CALL_MS,
    );

    test(
      "agents' commands have their sandbox, and without the options doctor says why not",
      () => {
        const checked = banyan("doctor");
        expect(checked.stdout).toContain("Agents' commands are sandboxed");
        const without = runs(["--rm"], "banyan", "doctor");
        expect(without.stdout).toContain("The sandbox does not start on this machine");
      },
      CALL_MS,
    );

    test(
      "it goes on after a kill with what its volumes hold",
      async () => {
        expect(podman("exec", NAME, "mkdir", "/home/banyan/work")).toMatchObject({ status: 0 });
        const made = banyan("run", "--runbook", "repository-survey", "--workspace", "/home/banyan/work", "Survey it");
        expect(made).toMatchObject({ status: 0, stdout: expect.stringContaining("Passed") });
        expect(podman("kill", "--signal=KILL", NAME)).toMatchObject({ status: 0 });
        podman("wait", NAME);
        expect(await isHealthy()).toBe(false);
        expect(podman("start", NAME)).toMatchObject({ status: 0 });
        await vi.waitUntil(isHealthy, STARTED_MS);
        expect(JSON.parse(banyan("trees", "--json").stdout).items).toHaveLength(1);
      },
      CALL_MS,
    );

    test(
      "an upgrade in a container is refused before anything ends",
      async () => {
        const { status, stderr } = banyan("upgrade");
        expect([status, stderr]).toEqual([2, expect.stringContaining("a new image")]);
        expect(await isHealthy()).toBe(true);
      },
      CALL_MS,
    );
  });
