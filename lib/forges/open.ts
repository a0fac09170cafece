/** The client of a forge, by its kind. */
import { createGithub, type GithubOptions } from "./github";
import type { ForgePort } from "./port";

export function openForge(options: GithubOptions): ForgePort {
  return createGithub(options);
}
