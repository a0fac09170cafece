/** What stands in the infrastructure files of a promotion, read before anything of its commit runs. */
import type { Infrastructure, InfrastructureFinding } from "@/core/shapes/environments/infrastructure";
import { infrastructureLines } from "@/core/words/environments/infrastructure";
import { runInfrastructure } from "@/lib/infrastructure/run-infrastructure";
import type { PromotionSources } from "./sources";

interface Reading {
  files: string;
  signal: AbortSignal;
  say(text: string): void;
}

/** Resolves with what is found, without known secrets; null: there are no such files. The log gets the whole list. */
export async function readInfrastructure(
  { program, security }: Pick<PromotionSources, "program" | "security">,
  { files, signal, say }: Reading,
): Promise<Infrastructure | null> {
  const found = await runInfrastructure(files, { program, signal });
  if (found === null) return null;
  const plain = (list: readonly InfrastructureFinding[]) =>
    list.map(({ says, ...finding }) => ({ ...finding, says: security.redactor.redact(says) }));
  const { errors, warnings, not_checked } = found;
  const shown = {
    ...found,
    errors: plain(errors),
    warnings: plain(warnings),
    not_checked: plain(not_checked),
  };
  for (const line of infrastructureLines(shown)) say(`${line}\n`);
  return shown;
}
