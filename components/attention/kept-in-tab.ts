/** The items that this tab knows, also after a reload. */
import type { KnownItems } from "./notifier";

const STORAGE_KEY = "banyan.known-items";

export const keptInTab = {
  read(): KnownItems | null {
    try {
      const known = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "null") as Partial<KnownItems> | null;
      if (!Array.isArray(known?.ids)) return null;
      const { ids, hiddenUntil } = known;
      return {
        ids: ids.filter((id) => typeof id === "string"),
        hiddenUntil: typeof hiddenUntil === "string" ? hiddenUntil : "",
      };
    } catch {
      return null;
    }
  },
  write(known: KnownItems): void {
    try {
      sessionStorage.setItem(STORAGE_KEY, JSON.stringify(known));
    } catch {
      // Without storage a reload shows less.
    }
  },
};
