/** A failed page or search, as one sentence for the model or person that asked for it. */
export class WebError extends Error {
  override name = "WebError";
  /** Whether the sentence quotes text from a server. */
  readonly quotesServer: boolean;

  constructor(message: string, options: { quotesServer?: boolean } = {}) {
    super(message);
    this.quotesServer = options.quotesServer ?? false;
  }
}
