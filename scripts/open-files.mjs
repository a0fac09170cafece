import { readFileSync } from "node:fs";
import { SetupError } from "./say.mjs";

/** Below it not even the programs can be loaded, and the first fault would be one of Node's own. */
const LEAST_OPEN_FILES = 256;

/**
 * Refuses to start where this account may open too few files. Node raises its own limit to the highest that it may have.
 * @param {string} [limits] what Linux says of this process; elsewhere there is nothing to read
 * @throws {SetupError}
 */
export function checkOpenFiles(limits = readLimits()) {
  // `Max open files            1024                 1048576              files`
  const most = Number(/^Max open files +\d+ +(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  if (most >= LEAST_OPEN_FILES) return;
  throw new SetupError(
    `This account may open only ${most} files at once, and Banyan needs ${LEAST_OPEN_FILES} to start and about 4096 to serve many people: raise the limit (\`ulimit -n 4096\`, or LimitNOFILE= of the service), then start again.`,
  );
}

function readLimits() {
  try {
    return readFileSync("/proc/self/limits", "utf8");
  } catch {
    return "";
  }
}
