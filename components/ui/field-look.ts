/** Classes of a label that contains a span with its text, then the field. */
export const FIELD =
  "block [&>span:first-child]:mb-1 [&>span:first-child]:block [&>span:first-child]:text-small [&>span:first-child]:font-medium " +
  "[&>span:first-child]:text-ink-2";
