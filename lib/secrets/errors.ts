/** An error with secrets or their key file: one sentence for people, which never contains a value. */
export class SecretError extends Error {
  override name = "SecretError";
  constructor(
    readonly kind: "invalid" | "not_found" | "too_large" | "unavailable",
    message: string,
    /** The part of the given secret that is wrong. */
    readonly part?: "name" | "value",
  ) {
    super(message);
  }
}
