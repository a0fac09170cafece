import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { SELF_SIGNED } from "@/lib/web/testing/self-signed";
import { type MailAccess, type MailOptions, sendMail } from "./send";
import { mailbox, parseMailServer } from "./server";
import { type ReceiverOptions, startSmtpReceiver } from "./testing/smtp-receiver";

const MESSAGE = { id: "msg_1", subject: "Disk is at its\nlimit", text: "Disk is at its limit: 98 % – act.\n.\n" };

async function receiver(options: ReceiverOptions = {}) {
  const server = await startSmtpReceiver(options);
  onTestFinished(server.close);
  const send = (access: Partial<MailAccess> = {}, more: Partial<MailOptions> = {}) =>
    sendMail(
      {
        url: `smtp://localhost:${server.port}`,
        password: null,
        from: "banyan@example.org",
        to: ["a@example.org"],
        ...access,
      },
      MESSAGE,
      { privateHosts: [`localhost:${server.port}`], ca: SELF_SIGNED.cert, ...more },
    );
  return { ...server, send };
}

test("sends with STARTTLS, and a user and password", async () => {
  const { port, received, send } = await receiver({ login: { user: "banyan", password: "p@ss word" } });
  const outcome = await send({
    url: `smtp://banyan@localhost:${port}`,
    password: "p@ss word",
    to: ["a@example.org", "b@example.org"],
  });
  expect(outcome).toEqual({ ok: true, answer: "250 queued" });
  const [mail] = received;
  expect(mail).toMatchObject({
    from: "banyan@example.org",
    to: ["a@example.org", "b@example.org"],
    user: "banyan",
    isEncrypted: true,
  });
  expect(mail?.text).toMatch(/^Subject: Disk is at its limit\r$/m);
  expect(mail?.text).toMatch(/^Message-ID: <msg_1@banyan>\r$/m);
  expect(mail?.text).toMatch(/^Auto-Submitted: auto-generated\r$/m);
});

test("sends with TLS from the start", async () => {
  const { port, received, send } = await receiver({ secure: true });
  expect(await send({ url: `smtps://localhost:${port}` })).toMatchObject({ ok: true });
  expect(received[0]?.isEncrypted).toBe(true);
});

test("a listed server of one's own network may lack TLS, but gets no password without it", async () => {
  const { port, received, send } = await receiver({ disabledCommands: ["STARTTLS"] });
  expect(await send()).toMatchObject({ ok: true });
  expect(received[0]).toMatchObject({ isEncrypted: false, user: null });
  const outcome = await send({ url: `smtp://banyan@localhost:${port}`, password: "secret" });
  expect(outcome).toEqual({ ok: false, answer: "it offers no TLS (STARTTLS): use smtps://, or another port" });
  expect(received).toHaveLength(1);
});

test("says in a few words what is wrong, never with the password", async () => {
  const { port, send } = await receiver({ login: { user: "banyan", password: "right" } });
  const wrong = await send({ url: `smtp://banyan@localhost:${port}`, password: "wrong-one" });
  expect(wrong.answer).toMatch(/^it refused the user name or password \(535 /);
  expect(wrong.answer).not.toContain("wrong-one");
  const untrusted = await sendMail(
    { url: `smtp://banyan@localhost:${port}`, password: "right", from: "a@example.org", to: ["a@example.org"] },
    MESSAGE,
    { privateHosts: [`localhost:${port}`] },
  );
  expect(untrusted.answer).toMatch(/^its certificate is not trusted: /);
  const plain = await receiver();
  expect((await plain.send({ url: `smtps://localhost:${plain.port}` })).answer).toMatch(
    /^it speaks no TLS at this port: /,
  );
  expect((await send({}, { privateHosts: [] })).answer).toBe(
    `localhost is a private address: add localhost:${port} to the setting BANYAN_PRIVATE_HOSTS to allow it`,
  );
  const unknown = await send({ url: "smtp://nobody.example:25" }, { lookUp: async () => [] });
  expect(unknown.answer).toMatch(/^the host nobody\.example is unknown: /);
});

test("a refusal for a while, a refused address and a closed port are told apart", async () => {
  const { send, received } = await receiver({
    refusals: [451],
    onRcptTo: ({ address }, _session, done) =>
      done(address.startsWith("no") ? Object.assign(new Error("No such user"), { responseCode: 550 }) : null),
  });
  expect((await send()).answer).toMatch(/^it refused the message \(451 /);
  expect((await send({ to: ["no@example.org"] })).answer).toMatch(/^it refused an address/);
  expect(await send()).toEqual({ ok: true, answer: "250 queued" });
  expect(received).toHaveLength(1);
  // Of several receivers, the refused ones are named, and the message is not sent to the others again.
  expect(await send({ to: ["a@example.org", "no@example.org", "nobody@example.org"] })).toEqual({
    ok: true,
    isPartial: true,
    answer: "250 queued, but it refused no@example.org (550 No such user), nobody@example.org (550 No such user)",
  });
  expect(received.at(-1)?.to).toEqual(["a@example.org"]);
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const { port } = closed.address() as { port: number };
  await new Promise((resolve) => closed.close(resolve));
  const outcome = await send({ url: `smtp://localhost:${port}` }, { privateHosts: [`localhost:${port}`] });
  expect(outcome.answer).toMatch(/^no connection \(\w+\): check host and port$/);
});

test("a server that never speaks is given up", async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void silent.close());
  const { port } = silent.address() as { port: number };
  const { send } = await receiver();
  const more = { privateHosts: [`localhost:${port}`], timeoutMs: 50 };
  expect((await send({ url: `smtp://localhost:${port}` }, more)).answer).toBe("no answer in time: check host and port");
});

/** K1: what a server says first, then again and again until the client leaves. */
const HOSTILE: [string, { first: string; again: string; expected: RegExp }][] = [
  ["greets for ever", { first: "", again: "220-hello\r\n", expected: /^no answer in time|^no connection/ }],
  ["greets a byte at a time", { first: "", again: "2", expected: /^no answer in time|^no connection/ }],
  [
    "lists extensions for ever",
    { first: "220 a\r\n", again: "250-X\r\n", expected: /^no answer in time|^no connection/ },
  ],
  ["sends a line without an end", { first: "220 ", again: "x".repeat(65_536), expected: /^no connection/ }],
];

test.each(HOSTILE)("a server that %s is left at the latest when the whole try is over", async (_, words) => {
  const gone: Promise<unknown>[] = [];
  const server = createServer((socket) => {
    const timer = setInterval(() => socket.write(words.again), 5);
    socket.on("error", () => {});
    gone.push(new Promise((resolve) => socket.once("close", resolve)).then(() => clearInterval(timer)));
    socket.write(words.first);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const outcome = await sendMail(
    { url: `smtp://localhost:${port}`, password: null, from: "a@example.org", to: ["a@example.org"] },
    MESSAGE,
    { privateHosts: [`localhost:${port}`], timeoutMs: 60_000, wholeTryMs: 300 },
  );
  expect(outcome).toEqual({ ok: false, answer: expect.stringMatching(words.expected) });
  await Promise.all(gone);
});

test("a server that forges answers before TLS, or hides STARTTLS, gets no password and no message", async () => {
  const heard: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.write("220 a\r\n");
    socket.on("data", (data) => {
      heard.push(data.toString("latin1"));
      if (/^EHLO/.test(data.toString())) socket.write("250-a\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n");
      else
        socket.write(
          "220 go\r\n250-a\r\n250 AUTH PLAIN\r\n235 signed in\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n",
        );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const outcome = await sendMail(
    { url: `smtp://banyan@localhost:${port}`, password: "the-password", from: "a@example.org", to: ["a@example.org"] },
    MESSAGE,
    { privateHosts: [`localhost:${port}`], timeoutMs: 300, wholeTryMs: 600 },
  );
  expect(outcome.ok).toBe(false);
  expect(heard.join("")).not.toMatch(/AUTH|MAIL FROM|the-password|Disk/);
});

test.each([
  ["a line break", "Done\r\nBcc: thief@example.org\r\n\r\nA body"],
  ["a single line feed", "Done\nBcc: thief@example.org"],
  ["separators of Unicode", "Done\u2028Bcc: thief@example.org\u0085Bcc: thief@example.org"],
  ["an encoded word", "=?utf-8?Q?Done=0D=0ABcc:_thief@example.org?="],
  ["a NUL", "Done\0\r\nBcc: thief@example.org"],
])("a title with %s adds no header and no receiver", async (_, subject) => {
  const { port, received } = await receiver();
  const outcome = await sendMail(
    { url: `smtp://localhost:${port}`, password: null, from: "a@example.org", to: ["a@example.org"] },
    { id: "msg_2", subject, text: `${subject}\r\n.\r\nMAIL FROM:<thief@example.org>\r\n` },
    { privateHosts: [`localhost:${port}`], ca: SELF_SIGNED.cert },
  );
  expect(outcome.ok).toBe(true);
  expect(received.map(({ to }) => to)).toEqual([["a@example.org"]]);
  const [head = ""] = (received[0]?.text ?? "").split("\r\n\r\n");
  expect(head.split("\r\n").filter((line) => /^(bcc|cc|to|from):/i.test(line))).toEqual([
    "From: Banyan <a@example.org>",
    "To: a@example.org",
  ]);
});

test.each([
  ["smtp://mail.example.org", { host: "mail.example.org", port: 587, user: null, isTlsFirst: false }],
  [
    "smtps://me%40example.org@mail.example.org.",
    { host: "mail.example.org", port: 465, user: "me@example.org", isTlsFirst: true },
  ],
  ["smtp://a@[::1]:25/", { host: "::1", port: 25, user: "a", isTlsFirst: false }],
])("reads the server %s", (given, expected) => {
  expect(parseMailServer(given)).toEqual(expected);
});

test.each([
  ["mail.example.org", /must be given as smtp:/],
  ["https://mail.example.org", /must be given as smtp:/],
  ["smtp://", /must be given as smtp:/],
  ["smtp://a:b@mail.example.org", /must not hold a password/],
  ["smtp://mail.example.org/?x", /ends after its port/],
])("refuses the server %s", (given, expected) => {
  expect(() => parseMailServer(given)).toThrow(expected);
});

test("reads plain mailboxes only", () => {
  expect(mailbox(" me@example.org ")).toBe("me@example.org");
  for (const wrong of ["", "me", "a@b, c@d", "Me <me@example.org>", "me@exa\nmple.org", "@example.org"])
    expect(() => mailbox(wrong), wrong).toThrow(/is not an e-mail address/);
});
