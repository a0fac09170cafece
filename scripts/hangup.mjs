let isIgnored = false;

export const ignoresHangup = () => isIgnored;

/**
 * Without a terminal, as below `nohup`, the end of a terminal does not end this process. Node forgets that the signal
 * was ignored, so the streams are checked.
 */
export function ignoreHangup() {
  isIgnored = ![process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  if (isIgnored) process.on("SIGHUP", () => {});
}
