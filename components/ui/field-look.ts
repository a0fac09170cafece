/** Of a label around its field: the word first, in a span. */
export const FIELD =
  "block [&>span:first-child]:mb-1 [&>span:first-child]:block [&>span:first-child]:text-small [&>span:first-child]:font-medium " +
  "[&>span:first-child]:text-ink-2";
