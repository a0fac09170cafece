import { Clock } from "./time";

const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/;

/** A sentence from the server, with its UTC times shown in the user's time zone. */
export function TimedText({ text }: { text: string }) {
  const [before = "", at, after = ""] = splitOnce(text);
  if (!at) return before;
  return (
    <>
      {before}
      <Clock at={at} />
      <TimedText text={after} />
    </>
  );
}

function splitOnce(text: string): string[] {
  const found = TIME.exec(text);
  return found ? [text.slice(0, found.index), found[0], text.slice(found.index + found[0].length)] : [text];
}
