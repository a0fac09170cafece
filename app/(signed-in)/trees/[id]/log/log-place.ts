"use client";

import { createContext, useContext } from "react";

/** Where in the log the reader is: the message that a link, or a jump, has led to. */
export interface LogPlace {
  taskId: string;
  /** The message that was gone to. */
  target: number | null;
  /** Goes to a message of this task, and puts it into the address. */
  open(seq: number): void;
}

const Place = createContext<LogPlace | null>(null);
export const LogPlaceProvider = Place.Provider;

export function useLogPlace(): LogPlace | null {
  return useContext(Place);
}

/** Of a message of the task, on the page of its tree. */
export function messageAddress(taskId: string, seq: number): string {
  return `?task=${encodeURIComponent(taskId)}&seq=${seq}`;
}
