/** Handles Ctrl-C, a hang-up and a kill: the first signal ends the work in order, the second exits now. Neither loses anything. */

export const INTERRUPTED = 130;

let isCutOff = false;

/** Called by a command whose work or verdict is not complete before its output is: without a reader it was interrupted. */
export function needsReader(): void {
  isCutOff = true;
}

/** Returns the exit status of a command whose reader closes the pipe. */
export function statusWithoutReader(): number {
  return isCutOff ? INTERRUPTED : 0;
}

export interface Interrupt {
  isRequested(): boolean;
  /** Calls the listener at the first signal, or now if a signal has already come. */
  onRequest(listener: () => void): void;
  close(): void;
}

export function listenForInterrupt(): Interrupt {
  let requested = false;
  const listeners: (() => void)[] = [];
  const handle = () => {
    if (requested) process.exit(INTERRUPTED);
    requested = true;
    for (const listener of listeners) listener();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, handle);
  return {
    isRequested: () => requested,
    onRequest(listener) {
      listeners.push(listener);
      if (requested) listener();
    },
    close() {
      for (const signal of signals) process.off(signal, handle);
    },
  };
}
