/** Numbers of chunks: what was sent twice is dropped, and what is missing is told. */
import type { MsgHdrs } from "@nats-io/transport-node";
import type { Gap } from "./port";
import { NUMBER_HEADER } from "./wire";

export interface Numbered {
  /** Whether the message with this number is new. Tells the gap before it, if there is one. */
  take(number: number | null): boolean;
  /** Tells the gap before `count`, when that many were sent. */
  end(count: number): void;
  next(): number;
}

export function createNumbered(onGap: (gap: Gap) => void): Numbered {
  let next = 0;
  const skipTo = (number: number) => {
    if (number > next) onGap({ from: next, to: number - 1 });
    next = Math.max(next, number);
  };
  return {
    take(number) {
      if (number === null || number < next) return false;
      skipTo(number);
      next = number + 1;
      return true;
    },
    end: skipTo,
    next: () => next,
  };
}

/** Returns the number of a message; null when it has none. */
export function numberOf(headers: MsgHdrs | undefined): number | null {
  const text = headers?.get(NUMBER_HEADER) ?? "";
  const number = text === "" ? Number.NaN : Number(text);
  return Number.isSafeInteger(number) && number >= 0 ? number : null;
}
