import fs from "node:fs";
import { WorkspaceError } from "../workspace/path";
import { TERMINAL_COLUMNS, TERMINAL_ROWS } from "./shown";

const SCRIPT = "/usr/bin/script";

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
  const inner = `stty rows ${TERMINAL_ROWS} cols ${TERMINAL_COLUMNS}; exec /bin/bash -c ${quoted(command)}`;
  return `export TERM=xterm SHELL=/bin/bash; exec ${SCRIPT} --quiet --return --flush --command ${quoted(inner)} /dev/null`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
