import { Icon } from "./icon";

/** Before what is folded; it turns down while the box whose first line it stands in is open. */
export function FoldMark() {
  return <Icon name="chev" className="size-3 stroke-3 text-ink-3 [details[open]>summary>&]:rotate-90" />;
}
