import { execFileSync } from "node:child_process";

/** Returns the commit of the release; null if it is an archive without git data. */
export function commitOf(program: string): string | null {
  try {
    return execFileSync("git", ["-C", program, "rev-parse", "HEAD"], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return null;
  }
}
