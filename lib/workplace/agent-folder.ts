/** Which session of a coding agent was a task's last one: in the tree's cache folder, where no program can write. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../workspace/open";
import type { WorkplaceAgents, WorkplaceFolder } from "./port";

const LAST_FILE = "last.json";

export function lastSessions(folder: WorkplaceFolder): Pick<WorkplaceAgents, "last" | "keep"> {
  return {
    last: async (agent, place) => readIfThere(join(agentFolder(folder, agent, place), LAST_FILE)),
    async keep(agent, place, text) {
      const own = agentFolder(folder, agent, place);
      mkdirSync(own, { recursive: true, mode: 0o700 });
      writeFileSync(join(own, LAST_FILE), text);
    },
  };
}

/** Returns the folder of one of an agent's homes. `place`: from 1. */
export function agentFolder({ cacheDir, task }: WorkplaceFolder, agent: string, place: number): string {
  const own = join(cacheDir, "coding-agents", task, agent);
  return place === 1 ? own : join(own, String(place));
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}
