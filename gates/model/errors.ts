/** Wrong use: a wrong folder, revision or setting. The message says what to do; the exit status is 2. */
export class GatesError extends Error {
  override name = "GatesError";
}
