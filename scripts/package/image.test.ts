/** The image of the Dockerfile in a container, when BANYAN_IMAGE_TEST names it. `docs/testing.md` says how it is built. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

const IMAGE = process.env.BANYAN_IMAGE_TEST ?? "";
/** Options of podman before its command, such as a runtime, divided by spaces. */
const PODMAN = (process.env.BANYAN_IMAGE_PODMAN ?? "").split(" ").filter((part) => part !== "");
/** More options of `podman run`, divided by spaces. */
const RUN = (process.env.BANYAN_IMAGE_RUN ?? "").split(" ").filter((part) => part !== "");

const NAME = `banyan-image-test-${process.pid}`;
const VOLUMES = ["data", "home"].map((name) => `${NAME}-${name}`);
const MOUNTS = ["/var/lib/banyan", "/home/banyan"].flatMap((place, at) => ["--volume", `${VOLUMES[at]}:${place}`]);
/** As in docker-compose.yml, in the words of podman. */
const SANDBOX = ["--security-opt=seccomp=unconfined", "--security-opt=unmask=ALL"];
const PORT = String(20_000 + (process.pid % 10_000));
const STARTED_MS = 120_000;
const DEVELOPMENT = ["vitest", "@biomejs/biome", "@playwright/test", "knip"];

function podman(...args: string[]) {
  const { status, stdout, stderr, error } = spawnSync("podman", [...PODMAN, ...args], { encoding: "utf8" });
  if (error) throw new Error("podman is missing: install it with `apt-get install podman`.");
  return { status, stdout, stderr };
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
      clean();
      expect(runs([...SANDBOX, "--detach", "--init", "--name", NAME])).toMatchObject({ status: 0 });
      await vi.waitUntil(isHealthy, STARTED_MS);
    }, STARTED_MS);

    afterAll(clean);

    test("it holds no development packages", () => {
      const found = podman("exec", NAME, "find", "/usr/local", "/opt", "-type", "d", "-path", "*/node_modules/*");
      expect(found.status).toBe(0);
      const there = found.stdout.split("\n").map((line) => line.split("/node_modules/").at(-1) ?? "");
      expect(there).toContain("next");
      expect(DEVELOPMENT.filter((name) => there.includes(name))).toEqual([]);
    });

    test("it serves its pages to the one-time link", async () => {
      const { stdout, status } = banyan("signin");
      expect(status).toBe(0);
      const link = /http:\/\/\S+/.exec(stdout)?.[0] ?? "";
      const page = await fetch(link);
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("/_next/static/")]);
    });

    test("agents' commands have their sandbox, and without the options doctor says why not", () => {
      const checked = banyan("doctor");
      expect(checked.stdout).toContain("Agents' commands are sandboxed");
      const without = runs(["--rm"], "banyan", "doctor");
      expect(without.stdout).toContain("The sandbox does not start on this machine");
    });

    test("it goes on after a kill with what its volumes hold", async () => {
      expect(podman("exec", NAME, "mkdir", "/home/banyan/work")).toMatchObject({ status: 0 });
      const made = banyan("run", "--runbook", "repository-survey", "--workspace", "/home/banyan/work", "Survey it");
      expect(made).toMatchObject({ status: 0, stdout: expect.stringContaining("Passed") });
      expect(podman("kill", "--signal=KILL", NAME)).toMatchObject({ status: 0 });
      podman("wait", NAME);
      expect(await isHealthy()).toBe(false);
      expect(podman("start", NAME)).toMatchObject({ status: 0 });
      await vi.waitUntil(isHealthy, STARTED_MS);
      expect(JSON.parse(banyan("trees", "--json").stdout).items).toHaveLength(1);
    });
  });
