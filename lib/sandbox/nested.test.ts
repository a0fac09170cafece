import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { giveToTools } from "@/lib/process/tools-identity";
import { bundleProgram } from "@/tests/agents/bundle";
import { nestedFault } from "./nested-test";
import type { SandboxStart } from "./port";
import { endStrays } from "./strays";
import { ownSandbox, survivors } from "./testing/own-sandbox";

const { sandbox, base, ...own } = ownSandbox();

function folder(name: string): string {
  const made = fs.mkdtempSync(path.join(base(), `${name}-`));
  giveToTools(made);
  return made;
}

const saying = (command: string, more: Partial<SandboxStart> = {}) => own.saying({ command, isNested: true, ...more });

test("a sandbox with a /proc, users and a network of its own works inside it; in the strict one it does not", async () => {
  const command =
    "bwrap --unshare-all --disable-userns --unshare-user --uid 1000 --die-with-parent --ro-bind / / --proc /proc --dev /dev cat /proc/1/comm; id -u";
  expect(await saying(command)).toEqual({ stdout: "bwrap\n1000\n", stderr: "", exitStatus: 0 });
  expect((await saying(command, { isNested: false })).stdout).toBe("1000\n");
});

test("its first process is a shell that reaps orphans, and the command's exit status is kept", async () => {
  const orphans = "for n in 1 2 3; do (true & exec true) & done; wait";
  const said = await saying(
    `cat /proc/1/comm; ${orphans}; until ! ps -eo stat= | grep -q Z; do sleep 0.05; done; exit 7`,
  );
  expect(said).toEqual({ stdout: "bash\n", stderr: "", exitStatus: 7 });
});

test("further folders are writable where they are shown, and what is shown read-only in them is not", async () => {
  const [beside, packages] = [folder("beside"), folder("packages")];
  fs.mkdirSync(path.join(beside, "packages"), { mode: 0o777 });
  const said = await saying(
    "echo x > /srv/beside/made; echo x > /srv/beside/packages/made; unshare -Urm sh -c 'mount -o remount,rw,bind /srv/beside/packages; echo x > /srv/beside/packages/made'",
    {
      writable: [{ source: beside, at: "/srv/beside" }],
      readOnly: [{ source: packages, at: "/srv/beside/packages" }],
    },
  );
  expect(said.exitStatus).not.toBe(0);
  expect(fs.readFileSync(path.join(beside, "made"), "utf8")).toBe("x\n");
  expect(fs.readdirSync(packages)).toEqual([]);
});

/** The first process has the commands' user, and here they can make it outlive its parent. */
const ATTEMPTS = {
  "daemons that ignore every signal": (marker: string) =>
    `trap '' HUP INT TERM; setsid nohup sleep ${marker} & unshare -Upf --mount-proc setsid sleep ${marker} & echo done; sleep ${marker}`,
  "the taking over of the sandbox's first process": (marker: string) =>
    `perl take-over.pl > said 2>&1 & until [ -s said ]; do sleep 0.02; done; sleep ${marker} & cat said; sleep ${marker}`,
};

test.each(Object.entries(ATTEMPTS))("a kill ends everything: %s", async (_, command) => {
  const marker = `81.${process.pid}`;
  const workspace = folder("workspace");
  fs.copyFileSync("lib/sandbox/testing/take-over.pl", path.join(workspace, "take-over.pl"));
  const program = await sandbox.start({ command: command(marker), workspace, hiddenPaths: [], isNested: true });
  const first = await new Promise((resolve) => program.stdout.once("data", resolve));
  expect(String(first)).toMatch(/^(done|taken over)\n$/);
  await program.kill();
  expect(survivors(marker)).toEqual([]);
});

test("nothing is left when the server dies by SIGKILL, also when the first process was taken over", async () => {
  const marker = `8200.${process.pid}`;
  const taking = `cat > take-over.pl <<'END'\n${fs.readFileSync("lib/sandbox/testing/take-over.pl", "utf8")}END\n`;
  const command = `${taking}${ATTEMPTS["the taking over of the sandbox's first process"](marker)}`;
  const program = await bundleProgram("lib/sandbox/testing/server-main.ts");
  const server = spawn(process.execPath, [...program, command, "nested"], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void server.kill("SIGKILL"));
  // Each of the three starts two, after the first process was taken over.
  const sleepers = () => survivors(marker).filter((line) => /^\S+\s+sleep 8200/.test(line)).length;
  await expect.poll(sleepers).toBe(6);
  server.kill("SIGKILL");
  const left = () => {
    endStrays();
    return survivors(marker);
  };
  await expect.poll(left).toEqual([]);
});

test("where no sandbox starts inside it, the sentence says so", async () => {
  const broken = (start: SandboxStart) =>
    sandbox.start({ ...start, isNested: false, command: start.command.replaceAll("bwrap", "no-such-program") });
  expect(await nestedFault(broken, base)).toMatch(
    /^Commands cannot use a sandbox of their own on this machine, because no sandbox starts inside it/,
  );
});
