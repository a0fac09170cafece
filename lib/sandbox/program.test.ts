import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { giveToTools, serverIsRoot } from "@/lib/process/tools-identity";
import { bundleProgram } from "@/tests/agents/bundle";
import { nodeMounts } from "./mounts";
import type { SandboxProcess, SandboxStart } from "./port";
import { createSandbox } from "./sandbox";
import { endStrays } from "./strays";
import { ownSandbox, survivors } from "./testing/own-sandbox";

const { sandbox, base, ...ours } = ownSandbox();

function folder(name: string, forTools = true): string {
  const made = path.join(base(), name);
  fs.mkdirSync(made);
  if (forTools) giveToTools(made);
  return made;
}

const start = (command: string, more: Partial<SandboxStart> = {}) => ours.start({ command, ...more });
const saying = (command: string, more: Partial<SandboxStart> = {}) => ours.saying({ command, ...more });

async function nextLine(program: SandboxProcess): Promise<string> {
  const chunk = await new Promise<Buffer>((resolve) => program.stdout.once("data", resolve));
  return chunk.toString("utf8").trim();
}

describe("a program", () => {
  test("reads its standard input and answers for as long as it runs", async () => {
    const program = await start("while read -r line; do echo got $line; done; echo end >&2; exit 7");
    program.stdin.write("one\n");
    expect(await nextLine(program)).toBe("got one");
    program.stdin.write("two\n");
    expect(await nextLine(program)).toBe("got two");
    const errors = text(program.stderr);
    program.stdin.end();
    program.stdout.resume();
    expect(await program.ended).toEqual({ exitStatus: 7 });
    expect(await errors).toBe("end\n");
  });

  test("can be the server's own Node", async () => {
    const said = await saying(`node -e 'console.log(process.version)'`);
    expect(said).toEqual({ stdout: `${process.version}\n`, stderr: "", exitStatus: 0 });
  });

  test("has only its given environment, and only three descriptors", async () => {
    process.env.BANYAN_TEST_SECRET = "secret-of-the-server";
    const said = await saying("env; ls /proc/self/fd; cat /proc/*/environ; cat /proc/*/cmdline | tr '\\0' ' '", {
      env: { TOKEN: "two words = 'quoted'", PATH: "/usr/bin:/bin" },
    });
    delete process.env.BANYAN_TEST_SECRET;
    expect(said.stdout).not.toContain("secret-of-the-server");
    const lines = said.stdout.split("\n");
    expect(lines).toEqual(expect.arrayContaining(["TOKEN=two words = 'quoted'", "PATH=/usr/bin:/bin", "0", "1", "2"]));
    expect(lines.filter((line) => /^\d+$/.test(line))).toEqual(["0", "1", "2", "3"]);
    const wrong: Record<string, string>[] = [{ "A B": "x" }, { A: "x\0y" }, { "": "x" }];
    for (const env of wrong) {
      await expect(start("true", { env })).rejects.toThrow("cannot be set");
    }
  });

  test("keeps its environment out of the arguments, which every user of the machine can read", async () => {
    const secret = `token-${process.pid}-of-nobody-else`;
    const program = await start("echo ready; cat", { env: { TOKEN: secret } });
    await nextLine(program);
    expect(survivors(secret)).toEqual([]);
  });

  test("keeps its limits, even if its environment makes a shell run something first", async () => {
    const workspace = folder("shell-settings");
    fs.writeFileSync(path.join(workspace, "first.sh"), "ulimit -t; ls /proc/self/fd | wc -l\n");
    fs.writeFileSync(path.join(workspace, ".bashrc"), "echo from the workspace; ulimit -t\n");
    const env = { BASH_ENV: "/workspace/first.sh" };
    const said = await saying("echo second", { workspace, env, limits: { cpuSeconds: 77 } });
    expect(said.stderr).toBe("");
    expect(said.stdout).toMatch(/^82\n[45]\nsecond\n$/);
  });

  test("without a workspace has an empty folder, which is removed with it", async () => {
    expect(await saying("pwd; ls -A; echo x > file; cat file")).toMatchObject({ stdout: "/workspace\nx\n" });
    expect(await saying("ls -A")).toMatchObject({ stdout: "" });
  });

  test("works in a workspace like a command does", async () => {
    const workspace = folder("workspace");
    fs.writeFileSync(path.join(workspace, "a.txt"), "one");
    fs.mkdirSync(path.join(workspace, "data"));
    fs.writeFileSync(path.join(workspace, "data", "db"), "secret-value");
    const hiddenPaths = [path.join(workspace, "data")];
    const said = await saying("cat a.txt data/db; ls -A data; echo made > b.txt", { workspace, hiddenPaths });
    expect(said.stdout).toBe("one");
    expect(fs.readFileSync(path.join(workspace, "b.txt"), "utf8")).toBe("made\n");
  });

  test("that cannot be started says why", async () => {
    await expect(start("true", { readOnly: [{ source: "/nonexistent/x", at: "/x" }] })).rejects.toThrow("There is no");
    await expect(start("true", { readOnly: [{ source: "/usr", at: "x" }] })).rejects.toThrow("not a full path");
    await expect(start("a\0b")).rejects.toThrow("NUL");
    // A mount below a file fails.
    const file = path.join(base(), "file");
    fs.writeFileSync(file, "");
    const readOnly = [
      { source: file, at: "/x" },
      { source: file, at: "/x/y" },
    ];
    await expect(start("true", { readOnly })).rejects.toThrow(/^The sandbox could not be started \(bwrap: /);
  });
});

describe("folders of the host", () => {
  test("a read-only folder is mounted at its place and cannot be changed, even below a folder only root can enter", async () => {
    const closed = folder("closed", false);
    const shown = path.join(closed, "shown");
    fs.mkdirSync(shown);
    fs.writeFileSync(path.join(shown, "a.txt"), "one");
    fs.writeFileSync(path.join(closed, "beside.txt"), "secret-value");
    fs.chmodSync(closed, 0o700);
    const said = await saying(
      "cat /srv/it/a.txt; echo x > /srv/it/a.txt; rm -f /srv/it/a.txt; cat /srv/it/../beside.txt",
      {
        readOnly: [
          { source: shown, at: "/srv/it" },
          { source: path.join(shown, "a.txt"), at: "/srv/single" },
        ],
      },
    );
    expect(said.stdout).toBe("one");
    expect(fs.readFileSync(path.join(shown, "a.txt"), "utf8")).toBe("one");
  });

  test("a folder that a person named is at its own path, writable for its owner", async () => {
    const named = folder("named");
    const said = await saying(`cd ${named} && echo x > made && ls -A; ls ${base()}`, { folders: [named] });
    expect(said.stdout).toBe("made\nnamed\n");
    expect(fs.readFileSync(path.join(named, "made"), "utf8")).toBe("x\n");
    expect(fs.statSync(path.join(named, "made")).uid).toBe(fs.statSync(named).uid);
  });

  test("git's settings and hooks in it are read-only, as in a workspace", async () => {
    const named = folder("named-repository");
    execFileSync("git", ["init", "-q", named]);
    if (process.getuid?.() === 0) execFileSync("chown", ["-R", "64999:64999", named]);
    const tries = ["git config core.fsmonitor x", "echo > .git/hooks/pre-commit", "echo > .git/info/attributes"];
    const moves = ["mv .git old", "echo y > y && git add y && echo added"];
    const said = await saying(`cd ${named}; ${[...tries, ...moves].join("; ")}`, { folders: [named] });
    expect(said.stdout).toBe("added\n");
    expect(fs.readFileSync(path.join(named, ".git", "config"), "utf8")).not.toContain("fsmonitor");
    expect(fs.existsSync(path.join(named, ".git", "hooks", "pre-commit"))).toBe(false);
  });

  test("a folder in a read-only one can be written, and one in what git obeys cannot, in any order", async () => {
    const shown = folder("shown-repository");
    const data = path.join(shown, "data");
    execFileSync("git", ["init", "-q", shown]);
    const samples = path.join(shown, ".git", "hooks", "more");
    for (const made of [data, samples]) fs.mkdirSync(made, { recursive: true });
    if (process.getuid?.() === 0) execFileSync("chown", ["-R", "64999:64999", shown]);
    const tries = `cd ${shown}; for n in top data/in .git/hooks/more/in .git/config.worktree; do echo x >> $n; done`;
    const readOnly = [{ source: shown, at: shown }];
    await saying(tries, { readOnly, folders: [data] });
    expect([fs.readdirSync(data), fs.existsSync(path.join(shown, "top"))]).toEqual([["in"], false]);
    const hidden = path.join(data, "hidden");
    fs.mkdirSync(hidden);
    fs.writeFileSync(path.join(hidden, "key"), "secret-value");
    const covered = await saying(`cat ${hidden}/key`, {
      readOnly: [...readOnly, { source: data, at: data }],
      hiddenPaths: [hidden],
    });
    expect(covered.stdout).toBe("");
    for (const folders of [
      [shown, samples],
      [samples, shown],
    ])
      await saying(tries, { folders });
    expect(fs.readFileSync(path.join(shown, "top"), "utf8")).toBe("x\nx\n");
    expect(fs.readdirSync(samples)).toEqual([]);
    expect(fs.readFileSync(path.join(shown, ".git", "config.worktree"), "utf8")).toBe("");
  });

  test("folders of the system, of Banyan's own data, and missing folders are refused", async () => {
    const data = folder("data-folder");
    fs.mkdirSync(path.join(data, "workspaces"));
    fs.symlinkSync(data, path.join(base(), "link-to-data"));
    fs.symlinkSync("/etc", path.join(base(), "link-to-etc"));
    const hiddenPaths = [data];
    const refusals: [string, string][] = [
      ["/", "belongs to the system"],
      ["/etc", "belongs to the system"],
      ["/proc/1", "belongs to the system"],
      ["/tmp/../usr/lib", "belongs to the system"],
      [path.join(base(), "link-to-etc"), "belongs to the system"],
      [data, "Banyan's own data"],
      [path.join(data, "workspaces"), "Banyan's own data"],
      // A cover is bound to a path: renaming a parent folder moves the data away from it.
      [base(), "Banyan's own data"],
      [path.join(base(), "link-to-data", "workspaces"), "Banyan's own data"],
      ["relative", "not a folder"],
      ["/nonexistent/x", "not a folder"],
    ];
    for (const [given, sentence] of refusals) {
      await expect(start("true", { folders: [given], hiddenPaths }), given).rejects.toThrow(sentence);
    }
  });
});

describe("the end of a program", () => {
  test("a kill ends its daemons too, and resolves when all have ended", async () => {
    const marker = `71.${process.pid}`;
    const program = await start(`setsid sleep ${marker} & setsid nohup sleep ${marker} & echo up; sleep ${marker}`);
    await nextLine(program);
    await program.kill();
    expect(survivors(marker)).toEqual([]);
    expect(await program.ended).toEqual({ exitStatus: null });
    await program.kill();
  });

  test("its daemons do not outlive it", async () => {
    const marker = `72.${process.pid}`;
    const program = await start(`setsid sleep ${marker} > /dev/null 2>&1 & exit 3`);
    expect(await program.ended).toEqual({ exitStatus: 3 });
    expect(survivors(marker)).toEqual([]);
  });

  test("nothing is left when the server dies by SIGKILL at any moment", async () => {
    const marker = `7300.${process.pid}`;
    const program = await bundleProgram("lib/sandbox/testing/server-main.ts");
    const command = `setsid sleep ${marker} & sleep ${marker}`;
    for (const delayMs of [0, 3, 6, 9, 12, 20, 100]) {
      const server = spawn(process.execPath, [...program, command], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await new Promise((resolve) => server.stdout.once("data", resolve));
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      server.kill("SIGKILL");
      // The next server ends processes that bubblewrap had not started yet.
      const left = () => {
        endStrays();
        return survivors(marker);
      };
      await expect.poll(left, { timeout: 120_000 }).toEqual([]);
    }
  }, 600_000);

  test("a first process that a killed bubblewrap left behind is ended, and living sandboxes are not", async () => {
    const marker = `75.${process.pid}`;
    const alive = await start(`echo up; exec sleep ${marker}`);
    await nextLine(alive);
    // Killed at successive moments of its first milliseconds.
    for (let tries = 0; tries < 40; tries += 1) {
      const controller = new AbortController();
      const workspace = path.join(base(), "strays");
      fs.mkdirSync(workspace, { recursive: true });
      giveToTools(workspace);
      const command = `sleep 76.${process.pid}`;
      const running = sandbox.run({
        command,
        workspace,
        hiddenPaths: [],
        timeoutMs: 10_000,
        signal: controller.signal,
      });
      await new Promise((resolve) => setTimeout(resolve, tries / 5));
      controller.abort();
      await running;
    }
    await expect.poll(() => survivors(`76.${process.pid}`)).toEqual([]);
    expect(survivors(marker).length).toBeGreaterThanOrEqual(1);
  });

  test("closing the sandbox ends every program", async () => {
    const own = createSandbox();
    const program = await own.start({ command: "echo up; sleep 74", workspace: null, hiddenPaths: [] });
    own.close();
    expect(await program.ended).toEqual({ exitStatus: null });
  });
});

test("a folder of the server's own user is synchronised on request, and at the end", async () => {
  const workspace = folder("own", false);
  fs.writeFileSync(path.join(workspace, "in.txt"), "first");
  const program = await start(
    "echo $(cat in.txt); echo 1 > out.txt; read -r; echo $(cat in.txt); read -r; echo 2 > out.txt; rm in.txt",
    { workspace },
  );
  expect(await nextLine(program)).toBe("first");
  fs.writeFileSync(path.join(workspace, "in.txt"), "second");
  await expect
    .poll(async () => {
      await program.synchronise();
      return fs.existsSync(path.join(workspace, "out.txt"));
    })
    .toBe(true);
  expect(fs.statSync(path.join(workspace, "out.txt")).uid).toBe(process.getuid?.());
  program.stdin.write("\n");
  expect(await nextLine(program)).toBe("second");
  program.stdin.write("\n");
  program.stdout.resume();
  expect(await program.ended).toEqual({ exitStatus: 0 });
  expect(fs.readFileSync(path.join(workspace, "out.txt"), "utf8")).toBe("2\n");
  expect(fs.readdirSync(workspace)).toEqual(["out.txt"]);
});

test("closing the sandbox under a running program loses no change in the server's own folder", async () => {
  const own = createSandbox();
  const workspace = folder("kept", false);
  for (let n = 0; n < 200; n += 1) fs.writeFileSync(path.join(workspace, `f${n}`), "kept");
  const command = "echo new > new; echo up; while :; do for n in $(seq 1 50); do echo x > more$n; done; done";
  const program = await own.start({ command, workspace, hiddenPaths: [] });
  await nextLine(program);
  const synchronising = program.synchronise();
  own.close();
  await Promise.allSettled([synchronising, program.ended]);
  const left = fs.readdirSync(workspace);
  expect(left.filter((name) => name.startsWith("f")).length).toBe(200);
  expect(left).toContain("new");
});

test("without bubblewrap nothing is started, and the reason is given", async () => {
  const without = createSandbox({ searchPath: "/nonexistent" });
  const starting = without.start({ command: "true", workspace: null, hiddenPaths: [] });
  await expect(starting).rejects.toThrow("bwrap is not installed; install it with");
});

test("a Node outside /usr is mounted without the files beside it", async () => {
  const prefix = folder("home", false);
  fs.mkdirSync(path.join(prefix, "bin"));
  fs.mkdirSync(path.join(prefix, "lib/node_modules/npm/bin"), { recursive: true });
  fs.writeFileSync(
    path.join(prefix, "lib/node_modules/npm/bin/npm-cli.js"),
    "#!/usr/bin/env node\nconsole.log('npm')",
    {
      mode: 0o755,
    },
  );
  fs.writeFileSync(path.join(prefix, ".ssh"), "secret-value");
  fs.copyFileSync(process.execPath, path.join(prefix, "bin/node"));
  fs.chmodSync(prefix, 0o700);
  const { mounts, searchPath } = nodeMounts(path.join(prefix, "bin/node"));
  expect(mounts.map(({ at }) => at)).toEqual(["/opt/banyan-node/bin/node", "/opt/banyan-node/lib/node_modules/npm"]);
  const readOnly = mounts.map(({ source, at }) => ({ source, at }));
  const said = await saying("node -p 1+1; node /opt/banyan-node/lib/node_modules/npm/bin/npm-cli.js", {
    readOnly,
    env: { PATH: [...searchPath, "/usr/bin", "/bin"].join(":") },
  });
  expect(said).toEqual({ stdout: "2\nnpm\n", stderr: "", exitStatus: 0 });
  expect(serverIsRoot() || fs.statSync(prefix).uid === process.getuid?.()).toBe(true);
});
