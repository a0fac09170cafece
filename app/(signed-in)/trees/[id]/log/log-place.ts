"use client";

import { createContext, useContext } from "react";

/** The reader's place in the log: the message that a link or a jump led to. */
export interface LogPlace {
  taskId: string;
  /** That message's number; null until the reader follows a link or jumps. */
  target: number | null;
  /** Jumps to a message of this task and writes it into the address. */
  open(seq: number): void;
}

const Place = createContext<LogPlace | null>(null);
export const LogPlaceProvider = Place.Provider;

export function useLogPlace(): LogPlace | null {
  return useContext(Place);
}
