import { createHash, randomBytes } from "node:crypto";
import { jetstream } from "@nats-io/jetstream";
import { Objm } from "@nats-io/obj";
import { expect, onTestFinished, test } from "vitest";
import { connectNats } from "./connect";
import { packsBucket } from "./names";
import { CELL, startCell } from "./testing/cell";

const NAME = "linux-1";

/** As a file is read: each piece is in the same memory, so that who keeps one must copy it. */
async function* inPieces(data: Buffer, size: number): AsyncGenerator<Uint8Array> {
  const memory = Buffer.alloc(size);
  for (let at = 0; at < data.length; at += size) yield memory.subarray(0, data.copy(memory, 0, at, at + size));
}

async function whole(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

const sha256 = (data: Buffer) => createHash("sha256").update(data).digest("hex");

test("packs of any size go both ways, and are gone after their removal", async () => {
  const cell = await startCell({ runners: [NAME] });
  const server = await cell.server();
  const runner = await cell.runner(NAME);
  const packs = await server.packs(NAME);
  for (const [size, piece] of [
    [0, 1],
    [1, 1],
    [500_000, 500_000],
    [500_001, 7_000],
    [3_000_000, 1_700_000],
  ] as const) {
    const data = randomBytes(size);
    const up = await runner.packs.put(`up ${size}/é`, inPieces(data, piece));
    expect(up).toEqual({ name: `up ${size}/é`, bytes: size, sha256: sha256(data) });
    expect((await whole(packs.get(up))).equals(data)).toBe(true);
    const down = await packs.put(`down-${size}`, inPieces(data, piece));
    expect((await whole(runner.packs.get(down))).equals(data)).toBe(true);
    await packs.remove(up.name);
    await packs.remove(down.name);
    await packs.remove("never there");
    await expect(whole(runner.packs.get(down))).rejects.toMatchObject({ code: "not-found" });
  }
});

test("a source that fills one buffer again and again is stored as it was read", async () => {
  const cell = await startCell({ runners: ["linux-1"] });
  const packs = await (await cell.server()).packs("linux-1");
  const data = randomBytes(700_000);
  async function* reused() {
    const buffer = Buffer.alloc(64_000);
    for (let at = 0; at < data.length; at += buffer.length) yield buffer.subarray(0, data.copy(buffer, 0, at));
  }
  const ref = await packs.put("p", reused());
  expect((await whole(packs.get(ref))).equals(data)).toBe(true);
});

test("packs have the format of the object store, so that its own tools read them", async () => {
  const cell = await startCell({ runners: [NAME] });
  const packs = await (await cell.server()).packs(NAME);
  const runner = await cell.runner(NAME);
  const link = await connectNats({ servers: cell.nats.urls, cell: CELL, seed: cell.seeds.server ?? "" }, "look");
  onTestFinished(link.close);
  const store = await new Objm(jetstream(link.connection)).open(packsBucket(CELL, NAME));
  const data = randomBytes(1_200_000);
  await runner.packs.put("from-runner", inPieces(data, 100_000));
  expect(Buffer.from((await store.getBlob("from-runner")) ?? "").equals(data)).toBe(true);
  await store.putBlob({ name: "from-library" }, data);
  const ref = { name: "from-library", bytes: data.length, sha256: sha256(data) };
  expect((await whole(runner.packs.get(ref))).equals(data)).toBe(true);
  expect((await store.list()).map(({ name }) => name).sort()).toEqual(["from-library", "from-runner"]);
  await packs.remove("from-runner");
  expect((await store.list()).map(({ name }) => name)).toEqual(["from-library"]);
});

test("a pack that is not what its reference says is refused before its end", async () => {
  const cell = await startCell({ runners: [NAME] });
  const server = await cell.server();
  const packs = await server.packs(NAME);
  const runner = await cell.runner(NAME);
  const ref = await runner.packs.put("p", inPieces(randomBytes(1_100_000), 64_000));
  const corrupt = { code: "corrupt" };
  await expect(whole(packs.get({ ...ref, sha256: sha256(Buffer.from("other")) }))).rejects.toMatchObject(corrupt);
  let seen = 0;
  const shorter = async () => {
    for await (const piece of packs.get({ ...ref, bytes: 10 })) seen += piece.length;
  };
  await expect(shorter()).rejects.toMatchObject(corrupt);
  expect(seen).toBe(0);
});

test("a source that fails stores no pack", async () => {
  const cell = await startCell({ runners: [NAME] });
  const packs = await (await cell.server()).packs(NAME);
  const runner = await cell.runner(NAME);
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield randomBytes(600_000);
    throw new Error("The disk failed.");
  }
  await expect(runner.packs.put("p", failing())).rejects.toThrow("The disk failed.");
  await expect(whole(packs.get({ name: "p", bytes: 600_000, sha256: "" }))).rejects.toMatchObject({
    code: "not-found",
  });
});
