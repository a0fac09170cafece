/**
 * A signal that aborts with the caller's signal, or at the timeout. Not `AbortSignal.any`: on Node 20 its timeout
 * signal can be garbage collected before it fires, and the call then waits forever.
 */
export interface Deadline {
  signal: AbortSignal;
  /** Whether the timeout ended it. */
  isLate(): boolean;
  /** Has to be called when the work has ended. */
  end(): void;
}

export function deadline(outer: AbortSignal, timeoutMs: number): Deadline {
  const controller = new AbortController();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
  }, timeoutMs);
  const follow = () => controller.abort(outer.reason);
  if (outer.aborted) follow();
  else outer.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    isLate: () => isLate,
    end() {
      clearTimeout(timer);
      outer.removeEventListener("abort", follow);
    },
  };
}
