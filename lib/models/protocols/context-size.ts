/** Fewer bytes than most tokens have, so that the estimate is too high rather than too low. */
const BYTES_PER_TOKEN = 3;
const LEAST_TOKENS = 8_192;

/**
 * Returns how many tokens of context a local server should reserve for a request of `inputBytes` and its answer. Sizes
 * are powers of two, so that a growing conversation changes the size a few times only, and at most `mostTokens`.
 */
export function contextTokensFor(inputBytes: number, outputTokens: number, mostTokens: number | undefined): number {
  const needed = Math.ceil(inputBytes / BYTES_PER_TOKEN) + outputTokens;
  let tokens = LEAST_TOKENS;
  while (tokens < needed) tokens *= 2;
  return Math.min(tokens, mostTokens ?? Number.POSITIVE_INFINITY);
}
