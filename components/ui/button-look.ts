export type ButtonLook = "plain" | "primary" | "danger" | "quiet";

const ALL =
  "inline-flex h-control cursor-pointer items-center justify-center gap-1.5 rounded-control border px-2.5 text-row leading-4.5 font-medium " +
  "whitespace-nowrap no-underline aria-disabled:cursor-not-allowed [&>svg]:size-3.5 " +
  // Inside a notice on a phone, its text wraps.
  "phone:in-data-say:h-auto phone:in-data-say:min-h-control phone:in-data-say:py-2 phone:in-data-say:text-left phone:in-data-say:whitespace-normal";

const LOOKS: Record<ButtonLook, string> = {
  plain: "border-line-strong bg-raised text-ink hover:bg-hover aria-disabled:text-ink-3",
  primary: "border-accent bg-accent text-on-accent [&_kbd]:border-current [&_kbd]:text-inherit",
  danger: "border-line-strong bg-raised text-fail hover:bg-hover aria-disabled:text-ink-3",
  quiet: "border-transparent text-ink-2 hover:bg-hover hover:text-ink aria-disabled:text-ink-3",
};

/** Returns the classes of a button, or of a link that looks like a button. `more`: further classes. */
export function buttonLook(look: ButtonLook = "plain", more = ""): string {
  return `${ALL} ${LOOKS[look]} ${more}`;
}
