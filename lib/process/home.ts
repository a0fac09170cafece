import os from "node:os";

/** The home folder of this process's user; null for a user without an account, as containers may have. */
export function homeFolder(): string | null {
  try {
    return os.homedir();
  } catch {
    return null;
  }
}
