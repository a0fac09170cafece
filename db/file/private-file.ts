/** Files that hold everything: readable for their owner only, from their first byte on. */
import { writeFileSync } from "node:fs";

/**
 * Creates an empty file for SQLite to fill: it keeps the mode of such a file, and makes one that it creates itself readable
 * for everybody. Throws when the name is taken, also by a link, so that nothing is written somewhere else.
 */
export function createPrivateFile(file: string): void {
  writeFileSync(file, "", { mode: 0o600, flag: "wx" });
}
