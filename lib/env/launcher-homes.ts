import { join, resolve } from "node:path";
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
