/**
 * Returns the sentence for an answer that is none of the API's: its answers are JSON, and those of a proxy in front of it are
 * pages of its own.
 */
export function otherAnswer(status: number): string {
  if (status === 413)
    return "A proxy in front of Banyan refused this as too large (status 413). Send less, or raise the proxy's limit to 1 MB.";
  if (status === 502 || status === 503 || status === 504)
    return `Banyan did not answer the proxy in front of it (status ${status}); it may be starting. Try again in a moment.`;
  return `The server could not answer (status ${status}). Reload the page.`;
}
