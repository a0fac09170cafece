/** Which folders can hold a person's project: all others belong to the operating system or to a whole account. */
import os from "node:os";
import path from "node:path";
import { homeFolder } from "../process/home";
import { realPathOf } from "./path";

/** In each of these a person's project is a folder inside, at any depth. `*` is one name. */
const PROJECTS_ARE_IN = [
  "/home/*",
  "/root",
  "/srv",
  "/opt",
  "/mnt",
  "/media",
  "/run/media/*",
  "/tmp",
  "/var/tmp",
  "/var/www",
  // macOS
  "/Users/*",
  "/Volumes",
  "/private/tmp",
];

/**
 * Names of top-level folders of operating systems. A folder with another name there, such as /work, was made by a
 * person.
 */
const TOP_OF_SYSTEM =
  /^(bin|boot|dev|etc|lib(|32|64|x32)|lost\+found|proc|run|sbin|snap|sys|usr|var|nix|gnu|System|Library|Applications|private|cores|opt|srv|mnt|media|tmp|home|root|Users|Volumes)$/;

/** Whether a folder, given as its real path, can be a person's project. A home folder itself holds keys and is none. */
export function isPersonsFolder(real: string): boolean {
  if (real === "/" || real === realHome()) return false;
  return openFolders().some((folder) => isInside(folder, real)) || !TOP_OF_SYSTEM.test(namesOf(real)[0] ?? "");
}

/** Also the account's own home and temporary folder, which may be at unusual places. */
function openFolders(): string[] {
  const own = [realHome(), realPathOf(os.tmpdir())];
  // An account of the system has a home such as /usr/sbin, where nobody keeps a project.
  return [
    ...PROJECTS_ARE_IN,
    ...own.filter((folder) => folder !== null && !/^\/((usr|etc|s?bin|dev|proc|sys)(\/|$)|$)/.test(folder)),
  ] as string[];
}

function realHome(): string | null {
  const home = homeFolder();
  return home === null ? null : (realPathOf(home) ?? path.resolve(home));
}

/** Whether the folder is below the place, not the place itself. */
function isInside(place: string, real: string): boolean {
  const [wanted, given] = [namesOf(place), namesOf(real)];
  return given.length > wanted.length && wanted.every((name, index) => name === "*" || name === given[index]);
}

const namesOf = (folder: string) => folder.split("/").filter((name) => name !== "");
