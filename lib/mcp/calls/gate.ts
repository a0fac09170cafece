/**
 * Lets `places` callers in at the same time; the others wait in order until a caller leaves or their signal aborts.
 * Not p-limit, because there a waiting caller cannot leave the queue.
 */
export interface Gate {
  /** Resolves with the function that releases the place; rejects with the signal's reason. */
  enter(signal: AbortSignal): Promise<() => void>;
  inside(): number;
}

export function createGate(places: number): Gate {
  const waiting: (() => void)[] = [];
  let inside = 0;

  function pass(): () => void {
    inside += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      inside -= 1;
      waiting.shift()?.();
    };
  }

  return {
    inside: () => inside,
    enter(signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      if (inside < places && waiting.length === 0) return Promise.resolve(pass());
      return new Promise((resolve, reject) => {
        const go = () => {
          signal.removeEventListener("abort", leave);
          resolve(pass());
        };
        const leave = () => {
          waiting.splice(waiting.indexOf(go), 1);
          reject(signal.reason);
        };
        waiting.push(go);
        signal.addEventListener("abort", leave, { once: true });
      });
    },
  };
}
