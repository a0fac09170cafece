/** Ctrl-C, a hang-up or a kill: the first lets the work end in order, the second leaves at once. Nothing is lost either way. */

export const INTERRUPTED = 130;

export interface Interrupt {
  isRequested(): boolean;
  /** Called at the first signal, at once when there was one already. */
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
