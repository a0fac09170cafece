/**
 * The repository of a room. It is the one of the start: its commits, branches and tags, and what git obeys (hooks,
 * settings, attributes, flags of the index), are outside of what a work may change. A repository that the work created
 * is taken over without the files that git obeys.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { giveToTools } from "@/lib/process/tools-identity";
import type { SnapshotFile } from "@/lib/snapshots/port";
import type { Snapshots } from "./differences";

const TAKEN = ["HEAD", "packed-refs", "refs/heads", "refs/tags", "refs/remotes", "logs", "objects"];
const SETTINGS = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n";

/** Takes over a repository that was not there at the start. The index is then missing: `git reset` makes it again. */
export async function bringRepository(
  snapshots: Pick<Snapshots, "files">,
  { start, now }: { start: string; now: string },
  bring: (paths: string[]) => Promise<void>,
  folder: string,
): Promise<void> {
  if (hasRepository(await snapshots.files(start)) || !hasRepository(await snapshots.files(now))) return;
  const git = join(folder, ".git");
  mkdirSync(git);
  giveToTools(git);
  writeFileSync(join(git, "config"), SETTINGS);
  giveToTools(join(git, "config"));
  await bring(TAKEN.map((name) => `.git/${name}`));
  // Objects borrowed from another place are not the work's commits.
  rmSync(join(git, "objects", "info"), { recursive: true, force: true });
}

function hasRepository(files: readonly SnapshotFile[]): boolean {
  return files.some(({ path }) => path === ".git/HEAD");
}

/** Whether the index of the room has to be made again, with `git reset`. */
export function lacksIndex(folder: string): boolean {
  return existsSync(join(folder, ".git", "objects")) && !existsSync(join(folder, ".git", "index"));
}
