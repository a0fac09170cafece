import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";
import { expect, test } from "vitest";
import { openingOf } from "./client-hello";

/** The first bytes that a real client sends. */
async function helloFor(servername: string | undefined, options: tls.ConnectionOptions = {}): Promise<Buffer> {
  const server = net.createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  const arrived = once(server, "connection");
  const client = tls.connect({ port, host: "127.0.0.1", ...(servername && { servername }), ...options });
  client.on("error", () => undefined);
  const [socket] = (await arrived) as [net.Socket];
  const [bytes] = (await once(socket, "data")) as [Buffer];
  client.destroy();
  socket.destroy();
  server.close();
  return bytes;
}

/** The same message in records of the given size. */
function inRecords(hello: Buffer, size: number): Buffer {
  const message = hello.subarray(5);
  const parts: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size);
    parts.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(parts);
}

/** The same message with one more extension at its end. */
function withExtension(hello: Buffer, type: number, body: Buffer): Buffer {
  const changed = Buffer.concat([
    hello,
    Buffer.from([type >> 8, type & 255, body.length >> 8, body.length & 255]),
    body,
  ]);
  const more = 4 + body.length;
  let at = 5 + 4 + 34;
  at += 1 + (changed[at] ?? 0);
  at += 2 + changed.readUInt16BE(at);
  at += 1 + (changed[at] ?? 0);
  changed.writeUInt16BE(changed.readUInt16BE(at) + more, at);
  changed.writeUInt16BE(changed.readUInt16BE(3) + more, 3);
  changed.writeUIntBE(changed.readUIntBE(6, 3) + more, 6, 3);
  return changed;
}

test("the name is read from a real client's hello, also in many records and byte by byte", async () => {
  for (const versions of [{}, { maxVersion: "TLSv1.2" as const }]) {
    const hello = await helloFor("Site.Test", versions);
    const found = { kind: "hello", name: "site.test", hides: false };
    expect(openingOf(hello)).toEqual(found);
    const records = inRecords(hello, 7);
    expect(openingOf(records)).toEqual(found);
    for (let length = 0; length < records.length; length += 1)
      expect(openingOf(records.subarray(0, length)).kind, String(length)).toBe("unfinished");
  }
  expect(openingOf(await helloFor(undefined))).toEqual({ kind: "hello", name: null, hides: false });
});

test("an ambiguous name is detected: encrypted, given twice, or in a form that servers read differently", async () => {
  const hello = await helloFor("site.test");
  expect(openingOf(withExtension(hello, 0xfe0d, Buffer.alloc(20)))).toMatchObject({ name: "site.test", hides: true });
  const name = Buffer.from("other.test");
  const list = Buffer.concat([Buffer.from([0, name.length + 3, 0, 0, name.length]), name]);
  expect(openingOf(withExtension(hello, 0, list))).toEqual({ kind: "broken" });
  const bare = await helloFor(undefined);
  expect(openingOf(withExtension(bare, 0, list))).toMatchObject({ name: "other.test" });
  const two = Buffer.concat([Buffer.from([0, 2 * (name.length + 3), 0, 0, name.length]), name, list.subarray(2)]);
  expect(openingOf(withExtension(bare, 0, two))).toEqual({ kind: "broken" });
});

test("data that only begins like TLS is broken; other data passes", () => {
  const bytes = (...values: number[]) => Buffer.from(values);
  for (const chunk of [
    bytes(22, 3, 1, 0, 0),
    bytes(22, 9, 9, 0, 1),
    bytes(22, 3, 1, 0, 4, 2, 0, 0, 0),
    bytes(0x80, 46, 1, 3, 1),
  ])
    expect(openingOf(chunk)).toEqual({ kind: "broken" });
  expect(openingOf(bytes(22, 3, 1, 0, 4, 1, 0, 0, 9, 22, 3, 1, 0, 1, 7)).kind).toBe("unfinished");
  for (const opening of ["SSH-2.0-x\r\n", "GET / HTTP/1.1\r\n", "\0\0\0\x01"])
    expect(openingOf(Buffer.from(opening, "latin1"))).toEqual({ kind: "other" });
});
