import { Icon } from "./icon";

/** Mark at the start of a fold's summary. It points down while the fold is open. */
export function FoldMark() {
  return <Icon name="chev" className="size-3 stroke-3 text-ink-3 [details[open]>summary>&]:rotate-90" />;
}
