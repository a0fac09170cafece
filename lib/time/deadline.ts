/**
 * A signal that is aborted with the caller's, or when the time is up. Not `AbortSignal.any`: on Node 20 what it makes of a time-out can be
 * collected as garbage before the time is up, and the call then waits for ever.
 */
export interface Deadline {
  signal: AbortSignal;
  /** Whether it was the time that ended it. */
  isLate(): boolean;
  /** Call it when the work has ended. */
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
