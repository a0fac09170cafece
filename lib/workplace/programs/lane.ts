/**
 * A stream of bytes in both directions between server and runner, carried by one call. What the server sends arrives in
 * order and once. What the runner sends may be lost with a connection, so the runner keeps it until the server has it,
 * and sends it again ("go back N", RFC 3366). Neither end needs limits for what it receives: HTTP/2 above has them.
 */
import { Duplex } from "node:stream";

/** What the server sends into a call begins with one of these bytes. */
const DATA = 0;
/** Then four bytes: the number of the next piece that it waits for. */
const TAKEN = 1;
const ALIVE = 2;

const PIECE_BYTES = 128 * 1024;
/** How much of the runner's may be on its way. */
const WINDOW_BYTES = 512 * 1024;
const AGAIN_MS = 2_000;
const ALIVE_MS = 2_000;
/** A server that says nothing for this time has ended. What it talked with ends too. */
const SILENT_MS = 10_000;
const LOOK_MS = 500;

/** Sends one input into a call. Resolves when the runner has it; `unknown`: nobody answered. */
export type SendInput = (data: Uint8Array) => Promise<"taken" | "ended" | "unknown">;

/** One end on the server. Give it to a request as an argument. */
export class ServerLane extends Duplex {
  private send: SendInput | null = null;
  private pending: (() => void) | null = null;
  private next = 0;
  private told = 0;
  private isTelling = false;
  private alive: NodeJS.Timeout | undefined;

  constructor() {
    super({ allowHalfOpen: false });
  }

  /** The call has begun. */
  carry(send: SendInput): void {
    if (this.destroyed) return;
    this.send = send;
    this.alive = setInterval(() => void this.sent(ALIVE), ALIVE_MS).unref();
    this.pending?.();
  }

  /** A piece of the runner. Its number is what the runner says, and may be nonsense. */
  receive(number: number, data: Uint8Array): void {
    if (number === this.next) {
      this.next += 1;
      this.push(data);
    }
    // An older one comes again when the runner has not heard that it arrived.
    void this.tell();
  }

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.send === null) {
      this.pending = () => this._write(chunk, _encoding, done);
      return;
    }
    void this.sendAll(chunk).then((isSent) => done(isSent ? null : new Error(LOST)));
  }

  override _read(): void {}

  override _final(done: () => void): void {
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearInterval(this.alive);
    done(error);
  }

  private async sendAll(chunk: Uint8Array): Promise<boolean> {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES)
      if (!(await this.sent(DATA, chunk.subarray(at, at + PIECE_BYTES)))) return false;
    return true;
  }

  /** Tells what has arrived, one message at a time, however many pieces that were. */
  private async tell(): Promise<void> {
    if (this.isTelling) return;
    this.isTelling = true;
    do {
      this.told = this.next;
      const number = Buffer.alloc(4);
      number.writeUInt32BE(this.told);
      await this.sent(TAKEN, number);
    } while (this.told < this.next && !this.destroyed);
    this.isTelling = false;
  }

  private async sent(kind: number, data: Uint8Array = new Uint8Array()): Promise<boolean> {
    const taken = this.destroyed ? "ended" : await this.send?.(Buffer.concat([Buffer.of(kind), data]));
    if (taken === "unknown") this.destroy(new Error(LOST));
    return taken === "taken";
  }
}

const LOST = "The connection to the runner was lost.";

/** How a runner's end reaches the server. */
export interface RunnerSide {
  /** Sends a piece, which may be lost. */
  send(number: number, data: Uint8Array): void;
  onInput(listener: (data: Uint8Array) => void): void;
}

interface Kept {
  number: number;
  data: Uint8Array;
}

/** One end on the runner. It is destroyed when the server is silent for ten seconds. */
export class RunnerLane extends Duplex {
  private readonly kept: Kept[] = [];
  private keptBytes = 0;
  private next = 0;
  private pending: (() => void) | null = null;
  private heardMs = performance.now();
  private sentMs = 0;
  private readonly looks: NodeJS.Timeout;

  constructor(private readonly side: RunnerSide) {
    super({ allowHalfOpen: false });
    this.looks = setInterval(() => this.look(), LOOK_MS);
    side.onInput((data) => this.hear(data));
  }

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error | null) => void): void {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const piece = { number: this.next, data: chunk.subarray(at, at + PIECE_BYTES) };
      this.next += 1;
      this.kept.push(piece);
      this.keptBytes += piece.data.length;
      this.put(piece);
    }
    this.pending = done;
    this.goOn();
  }

  override _read(): void {}

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearInterval(this.looks);
    done(error);
  }

  private hear(data: Uint8Array): void {
    if (this.destroyed) return;
    this.heardMs = performance.now();
    const [kind] = data;
    if (kind === DATA) this.push(data.subarray(1));
    if (kind === TAKEN && data.length === 5) this.forget(Buffer.from(data).readUInt32BE(1));
  }

  private forget(before: number): void {
    for (let first = this.kept[0]; first !== undefined && first.number < before; first = this.kept[0]) {
      this.kept.shift();
      this.keptBytes -= first.data.length;
      this.sentMs = performance.now();
    }
    this.goOn();
  }

  private goOn(): void {
    if (this.keptBytes > WINDOW_BYTES) return;
    const done = this.pending;
    this.pending = null;
    done?.();
  }

  private put({ number, data }: Kept): void {
    this.sentMs = performance.now();
    this.side.send(number, data);
  }

  private look(): void {
    const nowMs = performance.now();
    if (nowMs - this.heardMs > SILENT_MS) this.destroy(new Error("The server has ended."));
    else if (nowMs - this.sentMs > AGAIN_MS) for (const piece of [...this.kept]) this.put(piece);
  }
}
