"use client";

import { useRowKeys } from "./hooks/use-row-keys";

/** Lets `j`, `k` and the arrow keys move through the rows of a page that the server renders. */
export function RowKeys() {
  useRowKeys();
  return null;
}
