/** The trees that a person opened last, kept in this browser: they say what somebody looks at, so they stay with them. */

const KEY = "banyan.opened";
const MOST = 6;

type Kept = Pick<Storage, "getItem" | "setItem">;

/** Returns the ids, the last opened first. */
export function openedBy(person: string, storage: Kept | null = browserStorage()): string[] {
  try {
    const kept: unknown = JSON.parse(storage?.getItem(keyOf(person)) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id) => typeof id === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export function keepOpened(person: string, id: string, storage: Kept | null = browserStorage()): void {
  const ids = [id, ...openedBy(person, storage).filter((one) => one !== id)].slice(0, MOST);
  try {
    storage?.setItem(keyOf(person), JSON.stringify(ids));
  } catch {
    // Without storage the palette shows only the newest trees.
  }
}

/** Several people may use one browser. */
const keyOf = (person: string) => `${KEY}.${person}`;

function browserStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
