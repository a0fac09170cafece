/** What can go wrong with secrets and their key file: one sentence for the person who meets it, and never a value. */
export class SecretError extends Error {
  override name = "SecretError";
  constructor(
    readonly kind: "invalid" | "not_found" | "too_large" | "unavailable",
    message: string,
  ) {
    super(message);
  }
}
