/**
 * The socket between the two sides of a server, one JSON object a line. Nobody waits for the other side, and nothing
 * queues up for it: `isFree` says whether it took what was written; a caller with more to say keeps that until then.
 */
import type { Socket } from "node:net";
import { eachLine } from "@/lib/process/lines";

export interface Link<Told, Heard> {
  isFree(): boolean;
  send(line: Told): void;
  /** Calls `hear` with each line, `free` when the other side has taken what was written, `end` when it is gone. */
  open(on: { hear(line: Heard): void; free(): void; end(): void }): void;
  close(): void;
}

export function linkOver<Told, Heard>(socket: Socket): Link<Told, Heard> {
  return {
    isFree: () => socket.writable && !socket.writableNeedDrain,
    send(line) {
      if (socket.writable) socket.write(`${JSON.stringify(line)}\n`);
    },
    open({ hear, free, end }) {
      // A killed process resets the socket; that counts as an ordinary end.
      socket.on("error", () => socket.destroy());
      socket.on("close", end);
      socket.on("drain", free);
      eachLine(socket, (line) => {
        const heard = parsed<Heard>(line);
        if (heard) hear(heard);
      });
      // It never keeps a process alive.
      socket.unref();
    },
    close: () => socket.destroy(),
  };
}

/** Returns null for the half of a line that a killed process has left. */
function parsed<Heard>(line: string): Heard | null {
  try {
    return JSON.parse(line) as Heard;
  } catch {
    return null;
  }
}
