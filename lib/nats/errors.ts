export type NatsFault =
  | "unreachable"
  | "refused"
  | "untrusted"
  | "wrong-settings"
  | "too-large"
  | "not-found"
  | "corrupt";

/** Something that NATS, or a setting for it, does not allow now. The message is one sentence for people. */
export class NatsError extends Error {
  override name = "NatsError";
  readonly code: NatsFault;

  constructor(code: NatsFault, message: string) {
    super(message);
    this.code = code;
  }
}
