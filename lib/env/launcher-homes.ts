import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { homeFolder } from "../process/home";

/**
 * Returns where launchers keep their releases and state: the folder that is set, and the one that contains those of all
 * data folders of this account. The launcher itself computes them in `launcher/home.mjs`.
 */
export function launcherHomesOf(env: Readonly<Record<string, string | undefined>>, cwd: string): string[] {
  const { BANYAN_HOME: named, XDG_STATE_HOME: state, HOME: home } = env;
  const states = state || join(home || homeFolder() || "/nonexistent", ".local", "state");
  return [...(named ? [resolve(cwd, named)] : []), resolve(cwd, states, "banyan")];
}

/** Returns the home of one data folder's launcher, which need not exist. `homes` is what `launcherHomesOf` returned. */
export function launcherHomeOf(homes: readonly string[], dataDir: string): string {
  const [named, all] = homes;
  if (named !== undefined && all !== undefined) return named;
  const digest = createHash("sha256").update(realPath(dataDir)).digest("hex").slice(0, 16);
  return join(named ?? "/nonexistent", digest);
}

/** Returns the path that a folder has without links, also before it is made. */
function realPath(folder: string): string {
  if (existsSync(folder) || folder === dirname(folder)) return realpathSync(folder);
  return join(realPath(dirname(folder)), basename(folder));
}
