/** A key as this computer's keyboard names it: keys with ⌘ on a Mac have Ctrl elsewhere. The root layout sets `data-mac`. */
export function KeyLabel({ keys }: { keys: string }) {
  if (!keys.startsWith("⌘")) return keys;
  return (
    <>
      <span className="hidden mac:inline">{keys}</span>
      <span className="mac:hidden">Ctrl {keys.slice(1)}</span>
    </>
  );
}
