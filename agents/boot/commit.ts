import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Returns the commit of the release; null if it is an archive without git data. */
export function commitOf(program: string): string | null {
  const manifest = join(program, "manifest.json");
  if (existsSync(manifest)) return (JSON.parse(readFileSync(manifest, "utf8")) as { commit: string | null }).commit;
  try {
    return execFileSync("git", ["-C", program, "rev-parse", "HEAD"], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return null;
  }
}
