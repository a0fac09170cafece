/** Reads the address of a mail server, and addresses of people. */
import { bareHost } from "@/lib/net/address";

/** A wrong address, as one sentence for the person who gave it. */
export class MailAddressError extends Error {
  override name = "MailAddressError";
}

export interface MailServer {
  /** Without brackets and without a trailing dot. */
  host: string;
  port: number;
  /** null: the server takes mail without signing in. */
  user: string | null;
  /** TLS from the first byte; otherwise the connection changes to TLS before anything is said (STARTTLS). */
  isTlsFirst: boolean;
}

const PORTS: Record<string, number> = { "smtp:": 587, "smtps:": 465 };
const FORM = "smtp://USER@HOST:PORT, or smtps:// for TLS from the start";

/** Throws MailAddressError. */
export function parseMailServer(given: string): MailServer {
  const url = URL.canParse(given) ? new URL(given) : null;
  const usualPort = url && PORTS[url.protocol];
  if (!url || usualPort === undefined || usualPort === null || url.hostname === "")
    throw new MailAddressError(`The mail server must be given as ${FORM}.`);
  if (url.password)
    throw new MailAddressError("The address of the mail server must not hold a password: give it separately.");
  if (url.search || url.hash || (url.pathname !== "" && url.pathname !== "/"))
    throw new MailAddressError(`The address of the mail server ends after its port: ${FORM}.`);
  return {
    host: bareHost(url.hostname),
    port: url.port === "" ? usualPort : Number(url.port),
    user: url.username === "" ? null : decoded(url.username),
    isTlsFirst: url.protocol === "smtps:",
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const MAILBOX = /^[^\s@<>",;:()[\]\\]{1,64}@[^\s@<>",;:()[\]\\]{1,255}$/;

/** Returns the address without surrounding spaces. Throws MailAddressError unless it is a plain `name@host`. */
export function mailbox(given: string): string {
  const address = given.trim();
  if (MAILBOX.test(address)) return address;
  throw new MailAddressError(`“${address.slice(0, 100)}” is not an e-mail address: give it as name@example.org.`);
}

/** Returns the sender: as given, else the user of the server when it is an address, else the first receiver. Throws MailAddressError. */
export function senderOf(url: string, from: string | undefined, to: readonly string[]): string {
  const { user } = parseMailServer(url);
  const [first] = to;
  if (first === undefined) throw new MailAddressError("Name at least one receiver of e-mail.");
  if (from?.trim()) return mailbox(from);
  return user !== null && MAILBOX.test(user) ? user : first;
}
