import { execFileSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { giveToTools, serverIsRoot } from "@/lib/process/tools-identity";
import type { SandboxRun } from "./port";
import { createSandbox } from "./sandbox";

const sandbox = createSandbox();
let base: string;
let workspace: string;

beforeAll(async () => {
  base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-test-")));
  workspace = folder("workspace");
  giveToTools(workspace);
  expect(await sandbox.status()).toEqual({ available: true });
});
afterAll(() => {
  sandbox.close();
  fs.rmSync(base, { recursive: true, force: true });
});

function folder(name: string): string {
  const made = path.join(base, name);
  fs.mkdirSync(made);
  return made;
}

function run(command: string, more: Partial<SandboxRun> = {}) {
  const signal = new AbortController().signal;
  return sandbox.run({ command, workspace, hiddenPaths: [], timeoutMs: 10_000, signal, ...more });
}

/** A length of sleep that no other process has, not even another run of these tests. */
function secondsOf(test: number): string {
  return `${60 + test}.${process.pid}`;
}

/** Processes on the host with the marker in their command line. */
function survivors(marker: string): string[] {
  const lines = execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" }).split("\n");
  return lines.filter((line) => line.includes(marker));
}

async function waitUntil(condition: () => boolean, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error("The condition did not come true in time.");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("a command", () => {
  test("has the limit of the server's account where that is lower, and never none", async () => {
    // More than any kernel allows, so the account's limit is the lower one.
    const most = await run("ulimit -Hn", { limits: { openFiles: 2_000_000_000 } });
    expect(most).toMatchObject({ exitStatus: 0, stdout: `${execFileSync("bash", ["-c", "ulimit -Hn"])}` });
    // A value that no shell understands is no limit, so nothing runs.
    expect(await run("echo ran", { limits: { openFiles: Number.NaN } })).toMatchObject({ exitStatus: 126, stdout: "" });
  });

  test("works in the workspace, and its output is separate from its errors", async () => {
    const result = await run("pwd; echo kept > made.txt; echo bad >&2; exit 3");
    expect(result).toMatchObject({ exitStatus: 3, stdout: "/workspace\n", stderr: "bad\n", truncated: false });
    expect(result.endedBy).toBeUndefined();
    expect(fs.readFileSync(path.join(workspace, "made.txt"), "utf8")).toBe("kept\n");
  });

  test("has no environment of the server, no input and no inherited descriptors", async () => {
    const descriptor = fs.openSync("package.json", "r");
    process.env.BANYAN_TEST_SECRET = "secret-value";
    const result = await run("env; cat; ls /proc/self/fd | wc -l; cat /proc/1/environ | wc -c; cat /proc/*/environ");
    delete process.env.BANYAN_TEST_SECRET;
    fs.closeSync(descriptor);
    expect(result.stdout).not.toContain("secret-value");
    // 0, 1, 2 and the descriptor that lists the folder.
    expect(result.stdout.split("\n")).toEqual(expect.arrayContaining(["4", "0", "HOME=/workspace"]));
  });

  test("sees no file of the host and cannot write outside the workspace", async () => {
    const secret = path.join(base, "secret.txt");
    fs.writeFileSync(secret, "secret-value");
    const result = await run(
      `cat ${secret} ../secret.txt /etc/shadow; ls /root /home; echo x > /usr/x; echo x > /x; id -u`,
    );
    expect(result.stdout).toBe("1000\n");
    expect((await run("id -un; cat /etc/passwd | wc -l")).stdout).toBe("sandbox\n1\n");
    expect(result.stderr.match(/No such file|Read-only/g)?.length).toBe(7);
  });

  test("reaches no network, not even the host's loopback", async () => {
    let connections = 0;
    const server = net.createServer(() => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const result = await run(`exec 3<>/dev/tcp/127.0.0.1/${port} && echo reached`);
    server.close();
    expect(result.stdout).toBe("");
    expect(connections).toBe(0);
  });
});

test("what is hidden stays hidden when the folders above it are renamed, and the rest of them can be changed", async () => {
  const place = folder("renaming");
  giveToTools(place);
  const files = ["test/deep/secret", "keys/secret", "app/.git/config", ".git/secret"];
  const made = await run(
    `for f in ${files.join(" ")}; do mkdir -p $(dirname $f); echo secret-value > $f; done; echo seen > test/deep/seen; ln -s test link`,
    { workspace: place },
  );
  expect(made.stderr).toBe("");
  const names = ["test/deep/secret", "link/deep/secret", "keys", "app/.git", ".git", "missing/deep/secret"];
  const hiding = { workspace: place, hiddenPaths: names.map((name) => path.join(place, name)), guardsGit: true };
  const renames = ["test t", "test/deep test/d", "keys k", "app a", ".git g"].map((names) => `mv ${names}`);
  const allowed = "mv link l; mv test/deep/seen test/deep/moved; mkdir test/new missing && mv missing m";
  const first = await run([...renames, allowed].join("; "), hiding);
  expect(first.stderr.match(/busy/g)?.length, first.stderr).toBe(renames.length);
  const second = await run("cat * */* */*/* .*/* */.git/*", hiding);
  expect(second.stdout).not.toContain("secret-value");
  expect(second.stdout).toContain("seen");
  for (const name of ["l", "m", "test/new", "test/deep/moved"])
    expect(fs.existsSync(path.join(place, name))).toBe(true);
});

test("sockets to the hypervisor, and calls that could open them unseen, are refused; other sockets are not", async () => {
  const perl =
    'for my $family (40, 1, 2) { my $s = socket(my $h, $family, 1, 0); print "$family ", ($s ? "open" : $!), "\\n"; }';
  const result = await run(
    `perl -e '${perl}'; perl -e 'my $r = syscall(425, 1, 0); print $!{ENOSYS} ? "no io_uring\\n" : "io_uring\\n"'`,
  );
  const expected = ["40 Address family not supported by protocol", "1 open", "2 open", "no io_uring", ""];
  expect(result.stdout.split("\n")).toEqual(expected);
});

describe("limits", () => {
  test("a daemon in its own session has ended after the timeout", async () => {
    const marker = secondsOf(1);
    const result = await run(`setsid sleep ${marker} & setsid nohup sleep ${marker} & sleep ${marker}`, {
      timeoutMs: 400,
    });
    expect(result).toMatchObject({ endedBy: "timeout", exitStatus: null });
    await waitUntil(() => survivors(marker).length === 0, 120_000);
  });

  test("a daemon does not outlive the command that started it", async () => {
    const marker = secondsOf(2);
    const result = await run(`setsid sleep ${marker} > /dev/null 2>&1 & echo started`);
    expect(result).toMatchObject({ exitStatus: 0, stdout: "started\n" });
    await waitUntil(() => survivors(marker).length === 0, 120_000);
  });

  test("an abort ends the whole tree", async () => {
    const marker = secondsOf(3);
    const controller = new AbortController();
    const running = run(`sleep ${marker} & sleep ${marker}`, { signal: controller.signal });
    await waitUntil(() => survivors(`sleep ${marker}`).length >= 2, 120_000);
    controller.abort();
    expect(await running).toMatchObject({ endedBy: "abort", exitStatus: null });
    await waitUntil(() => survivors(marker).length === 0, 120_000);
    expect(await run("true", { signal: controller.signal })).toMatchObject({ endedBy: "abort" });
  });

  test("forks stop at the cap", async () => {
    const result = await run(`sh -c 'i=0; while [ $i -lt 1000 ]; do sleep 9 & i=$((i+1)); done; echo all'; echo after`);
    expect(result.stdout).toBe("after\n");
    expect(result.stderr).toContain("Cannot fork");
  });

  test("endless output is cut without using more memory", async () => {
    const before = process.memoryUsage().rss;
    const result = await run("yes", { maxOutputBytes: 10_000 });
    expect(result).toMatchObject({ endedBy: "output_limit", truncated: true });
    expect(result.stdout.length).toBe(10_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  test("large files and full memory file systems fail at their size", async () => {
    const result = await run(
      "head -c 3M /dev/zero > big; stat -c %s big; head -c 9M /dev/zero > /dev/shm/x; stat -c %s /dev/shm/x; head -c 9M /dev/zero > /tmp/x; stat -c %s /tmp/x; rm big",
      { limits: { fileSizeBytes: 2 * 1024 ** 2, tmpSizeBytes: 1024 ** 2 } },
    );
    expect(result.stdout).toBe(`${2 * 1024 ** 2}\n${1024 ** 2}\n${1024 ** 2}\n`);
  });
});

describe("files in the workspace", () => {
  test("hidden folders and files are covered, also when a link leads to their parent", async () => {
    const place = folder("with-secrets");
    fs.mkdirSync(path.join(place, "data"));
    fs.writeFileSync(path.join(place, "data", "banyan.db"), "secret-value");
    fs.writeFileSync(path.join(place, ".env"), "secret-value");
    fs.writeFileSync(path.join(place, "open.txt"), "open");
    fs.symlinkSync(place, path.join(base, "link-to-place"));
    for (const name of ["", "data", ".env", "open.txt", "data/banyan.db"]) giveToTools(path.join(place, name));
    const hiddenPaths = [
      path.join(base, "link-to-place", "data"),
      path.join(place, ".env"),
      path.join(place, "missing"),
    ];
    const command =
      "cat open.txt; ls -A data; cat .env data/banyan.db; rm -rf data .env; mv data elsewhere; echo x > data/y";
    const result = await run(command, { workspace: place, hiddenPaths });
    expect(result.stdout).toBe("open");
    expect(fs.readFileSync(path.join(place, ".env"), "utf8")).toBe("secret-value");
    expect(fs.readdirSync(path.join(place, "data"))).toEqual(["banyan.db"]);
    expect(fs.existsSync(path.join(place, "missing"))).toBe(false);
  });

  test("a read-only workspace has one writable folder", async () => {
    const place = folder("checkout");
    fs.writeFileSync(path.join(place, "code.ts"), "original");
    fs.mkdirSync(path.join(place, "data"), { mode: 0o700 });
    fs.writeFileSync(path.join(place, "data", "db"), "secret-value");
    fs.writeFileSync(path.join(place, ".env"), "secret-value", { mode: 0o600 });
    const hiddenPaths = [path.join(place, "data"), path.join(place, ".env")];
    const command =
      "cat code.ts; cat .env data/db; ls data; echo x > code.ts; echo x > new.ts; rm code.ts; echo note > .banyan-scratch/note";
    const result = await run(command, { workspace: place, readOnlyWorkspace: true, hiddenPaths });
    expect(result.stdout).toBe("original");
    expect(fs.readdirSync(place).sort()).toEqual([".banyan-scratch", ".env", "code.ts", "data"]);
    expect(fs.readFileSync(path.join(place, ".banyan-scratch", "note"), "utf8")).toBe("note\n");
  });

  test("a folder owned by the server's own user keeps its owner, and gets the changes of commands", async () => {
    const place = folder("own");
    fs.mkdirSync(path.join(place, "sub"));
    fs.writeFileSync(path.join(place, "sub", "a.txt"), "one\n", { mode: 0o600 });
    fs.writeFileSync(path.join(place, "gone.txt"), "gone");
    fs.writeFileSync(path.join(base, "outside.txt"), "outside");
    const first = await run(
      "cat sub/a.txt; echo two >> sub/a.txt; rm gone.txt; mkdir -p deep/er; echo new > deep/er/b.txt",
      {
        workspace: place,
      },
    );
    expect(first).toMatchObject({ exitStatus: 0, stdout: "one\n", stderr: "" });
    expect(fs.readFileSync(path.join(place, "sub", "a.txt"), "utf8")).toBe("one\ntwo\n");
    expect(fs.existsSync(path.join(place, "gone.txt"))).toBe(false);
    expect(fs.statSync(path.join(place, "deep", "er", "b.txt")).uid).toBe(process.getuid?.());

    fs.writeFileSync(path.join(place, "sub", "a.txt"), "from outside\n");
    const hostile =
      "cat sub/a.txt; rm -r sub; ln -s .. sub; ln -s ../outside.txt link; touch t; chmod 4755 t; mkfifo pipe";
    const second = await run(hostile, { workspace: place });
    expect(second.stdout).toBe("from outside\n");
    expect(fs.readlinkSync(path.join(place, "sub"))).toBe("..");
    const third = await run("cat link sub/outside.txt; echo broken > link", { workspace: place });
    expect(third.stdout).toBe("");
    expect(fs.readFileSync(path.join(base, "outside.txt"), "utf8")).toBe("outside");
    expect(fs.statSync(path.join(place, "t")).mode & 0o7000).toBe(0);
  });
});

test("a server that is root runs commands as the folder's owner", async () => {
  const place = folder("of-another-user");
  if (serverIsRoot()) fs.chownSync(place, 12_345, 12_345);
  fs.chmodSync(place, 0o700);
  const result = await run("git init -q && git commit -q --allow-empty -m x && git log --format=%an && id -u", {
    workspace: place,
  });
  expect(result).toMatchObject({ exitStatus: 0, stdout: "Banyan agent\n1000\n", stderr: "" });
  expect(fs.statSync(path.join(place, ".git", "HEAD")).uid).toBe(fs.statSync(place).uid);
});

test("T7: without bubblewrap the terminal is off and names the command that installs it", async () => {
  const without = createSandbox({ searchPath: "/nonexistent" });
  const status = await without.status();
  expect(status).toEqual({
    available: false,
    reason: "The terminal is off, because bwrap is not installed; install it with: apt-get install bubblewrap",
  });
  const signal = new AbortController().signal;
  await expect(without.run({ command: "true", workspace, hiddenPaths: [], timeoutMs: 1000, signal })).rejects.toThrow(
    "apt-get install bubblewrap",
  );
});

test("a sandbox with any hole fails its self-test and stays off", async () => {
  const fake = folder("fake-bin");
  // Runs the command, which is the last argument, without a sandbox.
  const script = `#!/bin/bash\ncd /tmp; exec /bin/bash -c "\${@: -1}"\n`;
  fs.writeFileSync(path.join(fake, "bwrap"), script, { mode: 0o755 });
  fs.chmodSync(base, 0o755);
  const status = await createSandbox({ searchPath: fake }).status();
  expect(status).toMatchObject({ available: false, reason: expect.stringContaining("it reached the host's network") });
});

test("a sandbox that is told what a self-test has found tests nothing itself, and keeps to it", async () => {
  const workspace = folder("told");
  const signal = new AbortController().signal;
  const call = { command: "echo ran", workspace, hiddenPaths: [], timeoutMs: 10_000, signal };
  const reason = "The sandbox failed its self-test: it runs as root.";
  const refused = createSandbox({ tested: async () => ({ available: false, reason }) });
  await expect(refused.run(call)).rejects.toThrow(reason);
  const asked: string[] = [];
  const allowed = createSandbox({
    tested: async () => {
      asked.push("asked");
      return { available: true, noNetwork: "Off." };
    },
  });
  expect(await allowed.status()).toEqual({ available: true, noNetwork: "Off." });
  await expect(allowed.run({ ...call, network: { hosts: [] } })).rejects.toThrow("Off.");
  expect(await allowed.run(call)).toMatchObject({ stdout: "ran\n" });
  expect(asked).toEqual(["asked"]);
  for (const sandbox of [refused, allowed]) sandbox.close();
});
