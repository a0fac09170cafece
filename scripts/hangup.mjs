let isIgnored = false;

export const ignoresHangup = () => isIgnored;

/**
 * Without a terminal, as below `nohup`, the end of one does not end this process. Node forgets that the signal was
 * ignored, so the streams tell.
 */
export function ignoreHangup() {
  isIgnored = ![process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  if (isIgnored) process.on("SIGHUP", () => {});
}
