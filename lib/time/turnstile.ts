/**
 * Lets `perTurn` callers pass in one turn of the event loop; the others wait, in order, for the next turns, so that a
 * thousand promises that settle in the same millisecond do not block the process. Not p-limit: it counts unfinished
 * callers, while this counts only the callers of one turn.
 */
export function createTurnstile(perTurn: number): () => Promise<void> {
  const waiting: (() => void)[] = [];
  let passed = 0;
  let scheduled = false;

  function next(): void {
    passed = 0;
    scheduled = false;
    const group = waiting.splice(0, perTurn);
    passed = group.length;
    for (const go of group) go();
    if (waiting.length > 0 || passed > 0) schedule();
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(next);
  }

  return () => {
    if (passed < perTurn && waiting.length === 0) {
      passed += 1;
      schedule();
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      waiting.push(resolve);
      schedule();
    });
  };
}
