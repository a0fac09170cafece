/** Sends one e-mail: to a checked address only, with TLS, and with an outcome in a few words. */
import { connect, type Socket } from "node:net";
import { type CheckOptions, checkHost, type HostProblem } from "@/lib/net/check";
import { isListed } from "@/lib/net/host-list";
import { whyNotReached } from "@/lib/net/host-problem";
import { MailAddressError, type MailServer, parseMailServer } from "./server";

const TIMEOUT_MS = 15_000;
/** For a whole try, because a server that sends a little now and then must not hold up all other messages. */
const WHOLE_TRY_MS = 45_000;

export interface MailAccess {
  url: string;
  password: string | null;
  from: string;
  to: readonly string[];
}

export interface MailMessage {
  /** The same for each try, so that a receiver recognises a message that it already has. */
  id: string;
  subject: string;
  text: string;
}

export interface MailOptions extends CheckOptions {
  /** For each answer. */
  timeoutMs?: number;
  wholeTryMs?: number;
  /** Further certificates to trust; for tests. */
  ca?: string;
}

export interface MailOutcome {
  /** Whether the server took the message for one receiver at least. It must not be sent to all of them again then. */
  ok: boolean;
  /** The server's answer, or the problem, in a few words. It names the receivers that the server refused. */
  answer: string;
  /** Whether the server refused some of the receivers. */
  isPartial?: boolean;
}

/** Never rejects. */
export async function sendMail(access: MailAccess, message: MailMessage, options: MailOptions): Promise<MailOutcome> {
  try {
    const server = parseMailServer(access.url);
    const checked = await checkHost(server, options);
    if ("problem" in checked) return { ok: false, answer: hostProblem(server, checked.problem) };
    // Loaded when it is needed, so that a command answers quickly.
    const { default: nodemailer } = await import("nodemailer");
    const connection = await connected(checked.addresses[0].address, server.port, options.timeoutMs ?? TIMEOUT_MS);
    const tooLong = Object.assign(new Error("the try took too long"), { code: "ETIMEDOUT" });
    const deadline = setTimeout(() => connection.destroy(tooLong), options.wholeTryMs ?? WHOLE_TRY_MS);
    const transport = nodemailer.createTransport(transportOf(server, connection, access.password, options));
    try {
      const { response, rejected, rejectedErrors = [] } = await transport.sendMail(letterOf(access, message));
      if (rejected.length === 0) return { ok: true, answer: short(response) };
      return { ok: true, isPartial: true, answer: `${short(response)}, but it refused ${refusedOf(rejectedErrors)}` };
    } finally {
      clearTimeout(deadline);
      transport.close();
      connection.destroy();
    }
  } catch (error) {
    return { ok: false, answer: error instanceof MailAddressError ? error.message : problemOf(error) };
  }
}

export function hostProblem({ host, port }: Pick<MailServer, "host" | "port">, problem: HostProblem): string {
  if (problem === "documentation") return `the host ${host} ${whyNotReached(problem)}`;
  return problem === "unknown"
    ? `the host ${host} is unknown: check the address and the network`
    : `${host} is a private address: add ${host}:${port} to the setting BANYAN_PRIVATE_HOSTS to allow it`;
}

/** Connects to a checked address, so that a second lookup cannot give another one. */
function connected(host: string, port: number, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const late = Object.assign(new Error("no connection in time"), { code: "ETIMEDOUT" });
    const timer = setTimeout(() => socket.destroy(late), timeoutMs);
    // It stays: a connection that breaks between two listeners of the library must not end the process.
    socket.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once("connect", () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}

function transportOf(server: MailServer, connection: Socket, password: string | null, options: MailOptions) {
  const { host, port, user, isTlsFirst } = server;
  const { timeoutMs = TIMEOUT_MS, ca, privateHosts } = options;
  return {
    host,
    port,
    connection,
    secure: isTlsFirst,
    // A server of one's own network may lack TLS, but a password never travels without it.
    requireTLS: !isTlsFirst && (user !== null || !isListed(privateHosts, server)),
    ...(user !== null && { auth: { user, pass: password ?? "" } }),
    tls: { servername: host, ...(ca !== undefined && { ca }) },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // No part of a message may be a file or an address that the library reads.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function letterOf({ from, to }: MailAccess, { id, subject, text }: MailMessage) {
  return {
    from: { name: "Banyan", address: from },
    to: to.map((address) => ({ name: "", address })),
    subject: subject.replace(/\s+/g, " ").slice(0, 200),
    text,
    messageId: `<${id}@banyan>`,
    // No out-of-office answers.
    headers: { "auto-submitted": "auto-generated" },
  };
}

interface MailFailure {
  code?: string;
  responseCode?: number;
  response?: string;
  message?: string;
}

const CERTIFICATE = /self.signed|certificate|altname|unable to verify|CERT_/i;

function problemOf(error: unknown): string {
  const { code = "", responseCode, response, message = "" } = (error ?? {}) as MailFailure;
  const said = response ? ` (${short(response)})` : "";
  if (CERTIFICATE.test(message))
    return "its certificate is not trusted: use the name in its certificate, or NODE_EXTRA_CA_CERTS";
  if (code === "EAUTH" || responseCode === 535) return `it refused the user name or password${said}`;
  if (code === "ETLS") return "it offers no TLS (STARTTLS): use smtps://, or another port";
  if (code === "EENVELOPE") return `it refused an address${said}`;
  if (code === "ETIMEDOUT") return "no answer in time: check host and port";
  if (responseCode !== undefined) return `it refused the message${said}`;
  if (/wrong version number|packet length/i.test(message))
    return "it speaks no TLS at this port: use smtp://, or another port";
  return `no connection (${code || "unknown"}): check host and port`;
}

function refusedOf(refusals: readonly { recipient?: string | undefined; response?: string | undefined }[]): string {
  return refusals.map(({ recipient = "", response = "" }) => `${recipient} (${short(response)})`).join(", ");
}

function short(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, 160);
}
