/** Which folders a person can allow a token. */
import { statSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute } from "node:path";
import { wrongField } from "@/agents/application";
import { isWithin } from "@/agents/configuration/workspace-roots";
import { realPathOf } from "@/lib/workspace/path";
import { type Places, refusalOfFolder } from "@/lib/workspace/refused";

/**
 * Returns the real path of a folder that may be allowed: one in which a task could work, and smaller than the person's
 * whole home, because everything below it becomes readable for tasks. Throws UserError about the field.
 */
export function allowable(field: string, folder: string, places: Places, home = homedir()): string {
  if (!isAbsolute(folder)) throw wrongField(field, `Give the whole path of the folder, not ${folder}.`);
  const real = realPathOf(folder);
  if (real === null || !statSync(real).isDirectory())
    throw wrongField(field, `There is no folder ${folder} on this machine.`);
  if (isWithin(real, realPathOf(home) ?? home))
    throw wrongField(field, `${real} is your home or holds it: allow a folder of your work instead.`);
  const refusal = refusalOfFolder(real, places);
  if (refusal !== null) throw wrongField(field, refusal);
  return real;
}
