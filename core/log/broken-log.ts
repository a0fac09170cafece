/** Thrown by `evolve` for a log that the runtime cannot have written. */
export class BrokenLogError extends Error {
  override name = "BrokenLogError";
}
