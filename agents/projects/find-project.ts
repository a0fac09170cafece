/** Finds the project that a person or a program names. */
import { UserError } from "@/agents/application";
import type { Projects, StoredProject } from "@/db/projects/projects";

const MOST_NAMED = 5;

/** Returns the project with this name. Throws UserError not_found, which names those that there are. */
export function projectCalled(projects: Pick<Projects, "all" | "get">, name: string): StoredProject {
  const found = projects.get(name);
  if (found) return found;
  const names = projects.all().map((project) => project.name);
  const known = names.slice(0, MOST_NAMED).join(", ") + (names.length > MOST_NAMED ? ", …" : "");
  const there = names.length === 0 ? "add it with `banyan project add`" : `there are ${known}`;
  throw new UserError("not_found", `There is no project ${JSON.stringify(name.slice(0, 60))}: ${there}.`);
}
