import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openSelfRepository, pullCommand } from "./repository";
import { copiedSource } from "./testing/copied-source";

function made() {
  const source = copiedSource();
  onTestFinished(source.end);
  return source;
}

test("a release of a clean checkout is its commit, also without the files that a release leaves out", async () => {
  const { release, git, checkout } = made();
  const { repository } = release();
  expect(await repository.permanent()).toBe(git(checkout, "rev-parse", "HEAD"));
  expect(git(repository.gitDir, "ls-tree", "-r", "--name-only", "permanent")).toContain(".env.example");
});

test("what is not committed becomes a commit on top, and secrets and packages never do", async () => {
  const { release, git, put, checkout } = made();
  put(checkout, "src/new.ts", "export {};\n");
  put(checkout, ".env", "KEY=secret\n");
  put(checkout, "dist/server.mjs", "built\n");
  const { repository } = release();
  const commit = await repository.permanent();
  expect(git(repository.gitDir, "rev-parse", `${commit}^`)).toBe(git(checkout, "rev-parse", "HEAD"));
  expect(git(repository.gitDir, "diff", "--name-only", `${commit}^`, commit)).toBe("src/new.ts");
});

test("a kill while the repository is made lets nothing built, and no secret, into it", async () => {
  const { git, put, checkout, dataDir } = made();
  put(checkout, ".env", "KEY=secret\n");
  put(checkout, "dist/server.mjs", "built\n");
  // In development the checkout itself runs, here without a list of what git leaves out.
  rmSync(join(checkout, ".gitignore"));
  git(dataDir, "init", "--quiet", "--bare", "--template=", join(dataDir, "self.git"));
  const left = join(dataDir, "self.git", "index-killed");
  mkdirSync(left);
  utimesSync(left, 0, 0);
  const repository = openSelfRepository({ dataDir, program: checkout, checkout, isWorker: true });
  await repository.permanent();
  const names = git(repository.gitDir, "ls-tree", "-r", "--name-only", "permanent").split("\n");
  expect(names).toContain("src/one.ts");
  expect(names.filter((name) => /^(dist|node_modules|\.env$)/.test(name))).toEqual([]);
  expect(readdirSync(repository.gitDir).filter((name) => name.startsWith("index-"))).toEqual([]);
});

test("a server's data in the checkout is in no source, whatever its name is", async () => {
  const { git, put, checkout, dataDir } = made();
  put(checkout, "state/notes.db", "rows");
  put(checkout, "state/notes.db-wal", "rows");
  put(checkout, "state/kept.txt", "kept");
  put(checkout, "mine/keys", "rows");
  const places = { program: checkout, checkout, isWorker: true };
  const databaseFile = join(checkout, "state/notes.db");
  const repository = openSelfRepository({ dataDir, databaseFile, ...places });
  await repository.permanent();
  const names = () => git(repository.gitDir, "ls-tree", "-r", "--name-only", "permanent").split("\n");
  expect(names().filter((name) => name.startsWith("state/"))).toEqual(["state/kept.txt"]);
  const own = openSelfRepository({ dataDir: join(checkout, "mine"), databaseFile, ...places });
  await own.permanent();
  expect(git(own.gitDir, "ls-tree", "-r", "--name-only", "permanent")).not.toMatch(/^(mine\/|state\/notes)/m);
});

test("a server that was killed while it read its source keeps no later one with the same process number from it", async () => {
  const { release, put, checkout } = made();
  const { repository } = release();
  const before = await repository.permanent();
  writeFileSync(join(repository.gitDir, `index-${process.pid}.lock`), "");
  put(checkout, "src/one.ts", "export const one = 11;\n");
  expect(await release().repository.permanent()).not.toBe(before);
});

test("an archive without git is a commit of its own", async () => {
  const { release, git, dataDir, base } = made();
  const { program } = release();
  writeFileSync(join(program, "manifest.json"), JSON.stringify({ commit: null }));
  const repository = openSelfRepository({ dataDir, program, checkout: base, isWorker: true });
  await repository.permanent();
  expect(git(repository.gitDir, "rev-list", "--count", "permanent")).toBe("1");
});

test("the branch only moves forward, also when the checkout goes back", async () => {
  const { release, git, put, checkout } = made();
  const first = await release().repository.permanent();
  put(checkout, "src/one.ts", "export const one = 11;\n");
  git(checkout, "commit", "-qam", "Second");
  const { repository } = release();
  const second = await repository.permanent();
  expect(second).toBe(git(checkout, "rev-parse", "HEAD"));
  git(checkout, "reset", "-q", "--hard", first);
  const back = release().repository;
  const third = await back.permanent();
  expect(git(back.gitDir, "rev-parse", `${third}^{tree}`)).toBe(git(back.gitDir, "rev-parse", `${first}^{tree}`));
  expect(git(back.gitDir, "rev-parse", `${third}^1`, `${third}^2`).split("\n")).toEqual([first, second]);
  // The same release again is the same commit.
  expect(await release().repository.permanent()).toBe(third);
});

test("the commit that unites a person's version with what agents released says both", async () => {
  const { release, git, put, checkout } = made();
  const first = await release().repository.permanent();
  put(checkout, "src/one.ts", "export const one = 11;\n");
  git(checkout, "commit", "-qam", "Agents count from eleven");
  await release().repository.permanent();
  git(checkout, "reset", "-q", "--hard", first);
  put(checkout, "src/other.ts", "export const other = 9;\n");
  git(checkout, "commit", "-qam", "Other is nine");
  // What the launcher merges is no commit of the checkout.
  put(checkout, "src/one.ts", "export const one = 11;\n");
  const { repository } = release();
  const commit = await repository.permanent();
  expect(git(repository.gitDir, "log", "-1", "--format=%s", commit)).toBe(
    "Merge “Other is nine” with “Agents count from eleven”",
  );
});

test("the person's checkout keeps all its files and refs", async () => {
  const { release, git, checkout } = made();
  const before = [git(checkout, "for-each-ref"), readFileSync(join(checkout, ".git/index")).toString("base64")];
  await release().repository.permanent();
  expect([git(checkout, "for-each-ref"), readFileSync(join(checkout, ".git/index")).toString("base64")]).toEqual(
    before,
  );
  expect(existsSync(join(checkout, ".git/FETCH_HEAD"))).toBe(false);
});

test("a process that works on no tasks, such as a command in a changed checkout, takes the source as it is", async () => {
  const { release, put, dataDir, checkout } = made();
  const serving = await release().repository.permanent();
  put(checkout, "src/one.ts", "export const one = 100;\n");
  const places = { dataDir, program: checkout, checkout };
  expect(await openSelfRepository({ ...places, isWorker: false }).permanent()).toBe(serving);
  expect(await openSelfRepository({ ...places, isWorker: true }).permanent()).not.toBe(serving);
});

test("the command that takes a branch works for a folder with a space in its name", () => {
  expect(pullCommand("/data/self.git", "self/a1/1")).toBe("git pull /data/self.git self/a1/1");
  expect(pullCommand("/my data/self.git", "self/a1/1")).toBe("git pull '/my data/self.git' self/a1/1");
});
