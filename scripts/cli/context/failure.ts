/** Turns an error into one sentence for the user, without a stack trace. */
import { CommanderError } from "commander";
import { UserError } from "@/agents/application";
import { StoreError } from "@/db/file/errors";
import { BucketError } from "@/lib/bucket/faults";
import { SettingError } from "@/lib/env/setting-error";
import { NatsError } from "@/lib/nats/errors";
import { SecretError } from "@/lib/secrets/errors";
import { UsageError } from "@/scripts/cli/print/output";

/** Whether the user can fix the cause: wrong usage, settings, database state. */
export function isExpected(error: unknown): boolean {
  const named = [UsageError, UserError, StoreError, BucketError, SettingError, SecretError, NatsError, CommanderError];
  // Recognized by name: importing the class would load the seeds for every command.
  return named.some((kind) => error instanceof kind) || (error instanceof Error && error.name === "SeedError");
}

export function sentenceOf(error: unknown): string {
  // A group such as `service` was called without one of its commands.
  if (error instanceof CommanderError && error.code === "commander.help")
    return "Name one of the commands in this group: see --help.";
  if (error instanceof CommanderError) return usageSentence(error.message);
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && error.name === "BrokenLogError")
    return `The task's log is damaged (${message}): restore a backup, or submit the task again.`;
  return isExpected(error) ? message : `Banyan failed: ${message}`;
}

function usageSentence(message: string): string {
  const text = message
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, "")}: see npx banyan --help.`;
}
