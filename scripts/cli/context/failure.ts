/** Turns an error into one sentence for the user, without a stack trace. */
import { tmpdir } from "node:os";
import { CommanderError } from "commander";
import { UserError } from "@/agents/application";
import { StoreError } from "@/db/file/errors";
import { BucketError } from "@/lib/bucket/faults";
import { SettingError } from "@/lib/env/setting-error";
import { NatsError } from "@/lib/nats/errors";
import { homeFolder } from "@/lib/process/home";
import { passingCode } from "@/lib/process/passing-fault";
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
  if (isExpected(error)) return message;
  if (isFull(error))
    return `The disk is full: free some space where the data, the home folder ${homeFolder() ?? ""} and temporary files (${tmpdir()}) are, then try again.`;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === "EACCES" && path)
    return `This account may not use ${path}: run this as the account that it belongs to, or name another folder with --data.`;
  return `Banyan failed: ${message}`;
}

function isFull(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT"].includes(passingCode(error) ?? "");
}

function usageSentence(message: string): string {
  const text = message
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, "")}: see npx banyan --help.`;
}
