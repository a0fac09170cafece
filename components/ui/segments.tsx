import type { ComponentProps } from "react";

const BUTTONS =
  "[&>button]:flex [&>button]:cursor-pointer [&>button]:items-center [&>button]:gap-1.5 [&>button]:px-2.5 [&>button]:font-medium " +
  "[&>button]:whitespace-nowrap [&>button]:text-ink-2 [&>button>svg]:size-3.5 [&>button:focus-visible]:-outline-offset-2 " +
  "[&>button+button]:border-l [&>button+button]:border-line-strong " +
  "[&>button[aria-pressed=true]]:bg-selected [&>button[aria-pressed=true]]:text-ink";

/** Segmented control: joined buttons, of which one is pressed. `isWide` fills the width. */
export function Segments({
  isWide = false,
  className = "",
  ...rest
}: ComponentProps<"fieldset"> & { isWide?: boolean }) {
  const width = isWide ? "flex [&>button]:flex-1 [&>button]:justify-center" : "inline-flex";
  return (
    <fieldset
      {...rest}
      className={`h-control flex-none overflow-hidden rounded-control border border-line-strong ${width} ${BUTTONS} ${className}`}
    />
  );
}
