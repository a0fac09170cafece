/** Finds where a program lies on this machine: people install programs where only their own shell looks. */
import { access, constants, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { homeFolder } from "./home";

/** Below the home. A `*` stands for each folder there. */
const IN_HOME = [
  ".local/bin",
  "bin",
  ".pyenv/shims",
  ".pyenv/versions/*/bin",
  ".virtualenvs/*/bin",
  ".rye/shims",
  ".conda/envs/*/bin",
  "miniconda3/bin",
  "anaconda3/bin",
  "miniforge3/bin",
  ".cargo/bin",
  ".bun/bin",
  ".deno/bin",
  ".nvm/versions/node/*/bin",
  ".volta/bin",
  ".fnm/aliases/default/bin",
  ".local/share/fnm/aliases/default/bin",
  ".local/share/pnpm",
  ".npm-global/bin",
  ".yarn/bin",
  ".asdf/shims",
  ".local/share/mise/shims",
  ".rbenv/shims",
  ".rvm/rubies/*/bin",
  ".gem/ruby/*/bin",
  "go/bin",
  ".go/bin",
  ".sdkman/candidates/*/current/bin",
  ".dotnet",
  ".dotnet/tools",
  ".foundry/bin",
  ".juliaup/bin",
  ".ghcup/bin",
  ".cabal/bin",
  ".elan/bin",
  ".opam/*/bin",
  ".pub-cache/bin",
  ".composer/vendor/bin",
  ".config/composer/vendor/bin",
  ".nix-profile/bin",
  ".linuxbrew/bin",
] as const;

const OF_MACHINE = [
  "/usr/local/go/bin",
  "/usr/lib/go/bin",
  "/usr/games",
  "/opt/*/bin",
  "/snap/bin",
  "/nix/var/nix/profiles/default/bin",
  "/opt/homebrew/bin",
  "/home/linuxbrew/.linuxbrew/bin",
  "/opt/conda/bin",
] as const;

/** In the folder of a project. */
const IN_PROJECT = [".venv/bin", "venv/bin", "env/bin", "node_modules/.bin", "vendor/bin", "bin"] as const;

/** Most places that are named. */
const MOST_PLACES = 3;

interface Where {
  /** The project's folder; null: nobody looks there. */
  project: string | null;
  /** The folders in which this process's shell looks. */
  searchPath?: string | undefined;
  home?: string | null;
}

/**
 * Returns where a program lies: in the project, in the search path of this process, and where version managers put programs.
 * Those below the home begin with `~`, those of the project are relative to it.
 */
export async function placesOf(
  program: string,
  { project, searchPath = process.env.PATH, home = homeFolder() }: Where,
): Promise<string[]> {
  if (!/^[\w.+-]{1,100}$/.test(program)) return [];
  const inProject = project === null ? [] : IN_PROJECT.map((folder) => path.join(project, folder));
  const inHome = home === null ? [] : (await Promise.all(IN_HOME.map((folder) => foldersOf(home, folder)))).flat();
  const ofMachine = (await Promise.all(OF_MACHINE.map((folder) => foldersOf("/", folder)))).flat();
  const ofShell = (searchPath ?? "").split(path.delimiter).filter(isOfPerson);
  const found: string[] = [];
  for (const folder of new Set([...inProject, ...ofShell, ...inHome, ...ofMachine])) {
    const place = path.join(folder, program);
    if (await isProgram(place)) found.push(shown(place, project, home));
    if (found.length === MOST_PLACES) break;
  }
  return found;
}

/** npm puts the programs of the package that it starts, such as this server, before the person's own. */
function isOfPerson(folder: string): boolean {
  return path.isAbsolute(folder) && !/(^|\/)node_modules\//.test(folder) && !folder.endsWith("/node-gyp-bin");
}

async function foldersOf(base: string, pattern: string): Promise<string[]> {
  const [before = "", after] = pattern.split("/*/");
  if (after === undefined) return [path.join(base, pattern)];
  const names = await readdir(path.join(base, before)).catch(() => []);
  return names.sort().map((name) => path.join(base, before, name, after));
}

async function isProgram(place: string): Promise<boolean> {
  try {
    await access(place, constants.X_OK);
    return (await stat(place)).isFile();
  } catch {
    return false;
  }
}

function shown(place: string, project: string | null, home: string | null): string {
  if (project !== null && place.startsWith(`${project}/`)) return place.slice(project.length + 1);
  return home !== null && home !== "/" && place.startsWith(`${home}/`) ? `~/${place.slice(home.length + 1)}` : place;
}
