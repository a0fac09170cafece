/** What `end_task` claims, and what was shown of it. Pure: the host runs the commands elsewhere. */
import type { Claim, ClaimMark } from "@/core/log/terms";

/** What a command printed is kept to this many characters: its beginning and its end. */
const OUTPUT_CHARS = 4_000;

export interface CommandResult {
  /** null when the host ended the command. */
  exitStatus: number | null;
  output: string;
}

/** A claim that no command has shown, because it has none or because there is no sandbox to run it in. */
export function unshown(claim: Claim): ClaimMark {
  return { ...claim, mark: "neither", exit_status: null, output: null };
}

/** `expect`: absent means exit status 0; a number that exit status; a text that the output contains it. */
export function markOf(claim: Claim, { exitStatus, output }: CommandResult): ClaimMark {
  const { expect } = claim;
  const holds =
    typeof expect === "string"
      ? exitStatus !== null && output.includes(expect)
      : exitStatus !== null && exitStatus === (expect ?? 0);
  return { ...claim, mark: holds ? "shown" : "failed", exit_status: exitStatus, output: kept(output) };
}

/** With a verdict that passes, what no command can show was judged. */
export function judged(marks: ClaimMark[]): ClaimMark[] {
  return marks.map((one) => (one.mark === "neither" && one.command === undefined ? { ...one, mark: "judged" } : one));
}

/** One sentence for each claim that does not hold, with what its command printed. */
export function failedClaims(marks: ClaimMark[]): string[] {
  return marks
    .filter((one) => one.mark === "failed")
    .map((one) => {
      const expected =
        typeof one.expect === "string" ? `output with “${one.expect}”` : `exit status ${one.expect ?? 0}`;
      const got = one.exit_status === null ? "the host ended it" : `exit status ${one.exit_status}`;
      return `The claim “${one.statement}” does not hold: \`${one.command}\` was expected to give ${expected}; ${got}. It printed:\n${one.output ?? ""}`;
    });
}

function kept(output: string): string {
  if (output.length <= OUTPUT_CHARS) return output;
  const half = OUTPUT_CHARS / 2;
  return `${output.slice(0, half)}\n[…]\n${output.slice(-half)}`;
}
