/** Marks the claims of `end_task` by the results of their commands. Pure: the host runs the commands elsewhere. */
import type { Claim, ClaimMark } from "@/core/log/terms";

/** Most characters kept of a command's output: its beginning and its end. */
const OUTPUT_CHARS = 4_000;

export interface CommandResult {
  /** null when the host ended the command. */
  exitStatus: number | null;
  output: string;
}

/** Returns the mark of a claim without evidence: it has no command, or there is no sandbox to run it in. */
export function unshown(claim: Claim): ClaimMark {
  return { ...claim, mark: "neither", exit_status: null, output: null };
}

/** Returns the mark of a claim. `expect` is an exit status, a text that the output must contain, or absent or empty for exit status 0. */
export function markOf(claim: Claim, { exitStatus, output }: CommandResult): ClaimMark {
  const wanted = wantedOf(claim);
  const holds = exitStatus !== null && (typeof wanted === "string" ? output.includes(wanted) : exitStatus === wanted);
  return { ...claim, mark: holds ? "shown" : "failed", exit_status: exitStatus, output: kept(output) };
}

/** Returns what the command must give. An empty text counts as absent: models fill the field with it, and each output contains it. */
function wantedOf({ expect = 0 }: Pick<Claim, "expect">): string | number {
  return typeof expect === "string" && expect.trim() === "" ? 0 : expect;
}

/** Marks claims without a command as judged, after a passing verdict. */
export function judged(marks: ClaimMark[]): ClaimMark[] {
  return marks.map((mark) =>
    mark.mark === "neither" && mark.command === undefined ? { ...mark, mark: "judged" } : mark,
  );
}

/** Returns one sentence for each failed claim, with its command's output. */
export function failedClaims(marks: ClaimMark[]): string[] {
  return marks
    .filter((mark) => mark.mark === "failed")
    .map((mark) => {
      const wanted = wantedOf(mark);
      const expected = typeof wanted === "string" ? `output with “${wanted}”` : `exit status ${wanted}`;
      const got = mark.exit_status === null ? "the host ended it" : `got exit status ${mark.exit_status}`;
      return `The claim “${mark.statement}” failed: \`${mark.command}\` should give ${expected}; ${got}. Its output:\n${mark.output ?? ""}`;
    });
}

function kept(output: string): string {
  if (output.length <= OUTPUT_CHARS) return output;
  const half = OUTPUT_CHARS / 2;
  return `${output.slice(0, half)}\n[…]\n${output.slice(-half)}`;
}
