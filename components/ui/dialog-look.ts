/** Classes of a dialog that holds more than a question. */
export const WIDE_DIALOG = "w-[min(600px,calc(100vw-32px))]";
