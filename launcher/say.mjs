/** What the launcher prints, and writes that may fail. */

/** Tells a full disk and goes on. @param {() => void} write */
export function tolerating(write) {
  try {
    write();
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (!["ENOSPC", "EDQUOT", "EIO"].includes(code ?? "")) throw error;
    say(`The launcher cannot write in its folder: ${message}.`);
  }
}

/** @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}
