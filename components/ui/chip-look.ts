const CHIP =
  "inline-flex h-6 cursor-pointer items-center gap-1.5 rounded-xl border px-2 text-small whitespace-nowrap focus-visible:-outline-offset-2 phone:h-8 phone:rounded-2xl phone:px-3";
const OFF = "border-transparent text-ink-2 hover:bg-hover";
const ON = "border-line-strong bg-raised font-medium text-ink";

/** Returns the classes of a small filter button. `more`: further classes. */
export function chipLook(isOn: boolean, more = ""): string {
  return `${CHIP} ${isOn ? ON : OFF} ${more}`;
}
