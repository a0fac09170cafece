/** A real SMTP server on this machine, for tests. */
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { SELF_SIGNED } from "@/lib/web/testing/self-signed";

interface ReceivedMail {
  from: string;
  to: string[];
  /** The message with its headers, with the long lines that were broken for the way put together again. */
  text: string;
  user: string | null;
  isEncrypted: boolean;
}

export interface ReceiverOptions extends SMTPServerOptions {
  /** The only user and password that may send. Absent: everybody may. */
  login?: { user: string; password: string };
  /** Answers to the first messages, as status codes; then each is taken. */
  refusals?: number[];
}

/** Its certificate is SELF_SIGNED, for localhost. */
export async function startSmtpReceiver({ login, refusals = [], ...options }: ReceiverOptions = {}) {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    key: SELF_SIGNED.key,
    cert: SELF_SIGNED.cert,
    disableReverseLookup: true,
    authOptional: login === undefined,
    onAuth(auth, _session, done) {
      const isKnown = auth.username === login?.user && auth.password === login?.password;
      if (isKnown && login) done(null, { user: login.user });
      else done(new Error("Invalid user name or password"));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const status = refusals.shift();
        if (status !== undefined) return done(Object.assign(new Error("Try again later"), { responseCode: status }));
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom ? mailFrom.address : "",
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString().replaceAll("=\r\n", ""),
          user: typeof session.user === "string" ? session.user : null,
          isEncrypted: session.secure === true,
        });
        done(null, "queued");
      });
    },
    ...options,
  });
  // A client that does not trust the certificate breaks off.
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { received, port, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
