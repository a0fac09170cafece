/** Text of which nothing is parsed. */
export function AsWritten({ text }: { text: string }) {
  return <p className="whitespace-pre-wrap">{text}</p>;
}
