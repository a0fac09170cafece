/** What went wrong, as one sentence; never a stack. */
import { CommanderError } from "commander";
import { UserError } from "@/agents/application";
import { StoreError } from "@/db/file/errors";
import { SettingError } from "@/lib/env";
import { SecretError } from "@/lib/secrets/errors";
import { UsageError } from "./print/output";

/** Something that the person at the keyboard can put right. */
export function isExpected(error: unknown): boolean {
  const named = [UsageError, UserError, StoreError, SettingError, SecretError, CommanderError];
  // A seed's own error is loaded with the seeds only.
  return named.some((kind) => error instanceof kind) || (error instanceof Error && error.name === "SeedError");
}

export function sentenceOf(error: unknown): string {
  if (error instanceof CommanderError) return usageSentence(error.message);
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && error.name === "BrokenLogError")
    return `The task's log is damaged, so this cannot be done with it (${message}): restore a backup, or submit the task again.`;
  return isExpected(error) ? message : `Banyan failed: ${message}`;
}

function usageSentence(message: string): string {
  const text = message
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, "")}: see npx banyan --help.`;
}
