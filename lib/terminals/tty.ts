import fs from "node:fs";
import { WorkspaceError } from "../workspace/path";

const SCRIPT = "/usr/bin/script";
const ROWS = 40;
const COLUMNS = 120;

export function hasTerminals(): boolean {
  return fs.existsSync(SCRIPT);
}

/**
 * Returns a command that runs the given one in a pseudo-terminal inside the sandbox. Throws a `WorkspaceError` without
 * `script`.
 */
export function inTerminal(command: string): string {
  if (!hasTerminals()) {
    throw new WorkspaceError("No terminal is available, because script of util-linux is not installed; omit tty.");
  }
  const inner = `stty rows ${ROWS} cols ${COLUMNS}; exec /bin/bash -c ${quoted(command)}`;
  return `export TERM=xterm SHELL=/bin/bash; exec ${SCRIPT} --quiet --return --flush --command ${quoted(inner)} /dev/null`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
