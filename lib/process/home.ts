import os from "node:os";

/** Returns the home folder of this process's user; null for a user without an account, as in some containers. */
export function homeFolder(): string | null {
  try {
    return os.homedir();
  } catch {
    return null;
  }
}
