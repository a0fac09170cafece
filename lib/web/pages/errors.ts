/** What went wrong with a page or a search, as one sentence for the model or person that asked for it. */
export class WebError extends Error {
  override name = "WebError";
  /** The sentence quotes words that a server chose. */
  readonly quotesServer: boolean;

  constructor(message: string, options: { quotesServer?: boolean } = {}) {
    super(message);
    this.quotesServer = options.quotesServer ?? false;
  }
}
