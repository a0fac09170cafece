/** `service infrastructure`: what a promotion would find in the infrastructure files of a folder. It needs no server. */
import { realpathSync, statSync } from "node:fs";
import path from "node:path";
import type { Infrastructure } from "@/core/shapes/environments/infrastructure";
import { infrastructureLines } from "@/core/words/environments/infrastructure";
import { runInfrastructure } from "@/lib/infrastructure/run-infrastructure";
import type { Arguments } from "@/scripts/cli/commands/act";
import type { Context } from "@/scripts/cli/context/context";
import { needsReader } from "@/scripts/cli/context/interrupt";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { clean, oneLine } from "@/scripts/cli/print/text";

const NONE: Infrastructure = { files: 0, errors: [], warnings: [], not_checked: [] };

export async function infrastructure(context: Context, [given = "."]: Arguments): Promise<number> {
  const folder = folderAt(path.resolve(context.cwd, given));
  needsReader();
  const { signal } = new AbortController();
  const found = await runInfrastructure(folder, { program: context.program, signal });
  if (context.json) printJson(found ?? NONE);
  else if (found === null) print("There are no files for Terraform, Kubernetes or Compose here.");
  else for (const line of infrastructureLines(found)) print(clean(line));
  return found !== null && found.errors.length > 0 ? 1 : 0;
}

function folderAt(folder: string): string {
  try {
    if (statSync(folder).isDirectory()) return realpathSync(folder);
  } catch {
    // Said below.
  }
  throw new UsageError(`There is no folder ${oneLine(folder)}: name the folder whose files are checked.`);
}
