/** The ids of the items that this tab knows, also after a reload. */
const STORAGE_KEY = "banyan.known-items";

export const keptInTab = {
  read(): readonly string[] | null {
    try {
      const ids: unknown = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "null");
      return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : null;
    } catch {
      return null;
    }
  },
  write(ids: readonly string[]): void {
    try {
      sessionStorage.setItem(STORAGE_KEY, JSON.stringify(ids));
    } catch {
      // Without storage a reload shows less.
    }
  },
};
