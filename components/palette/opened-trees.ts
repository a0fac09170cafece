/** The trees that a person opened last, kept in this browser: they say what somebody looks at, so they stay with them. */
import { keepIds, keptIds } from "@/components/ui/hooks/kept-ids";

const MOST = 6;

/** Several people may use one browser. */
const keyOf = (person: string) => `banyan.opened.${person}`;

/** Returns the ids, the last opened first. */
export function openedBy(person: string): string[] {
  return keptIds(keyOf(person));
}

export function keepOpened(person: string, id: string): void {
  const others = openedBy(person).filter((one) => one !== id);
  keepIds(keyOf(person), [id, ...others].slice(0, MOST));
}
