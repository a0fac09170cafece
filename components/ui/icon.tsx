/** The icons of all pages, by meaning. */
import { createElement } from "react";
import { GLYPHS, type Shape } from "./glyphs/glyphs";

export type IconName = keyof typeof GLYPHS | "banyan";

interface IconProps {
  name: IconName;
  /** Accessible name. Without it, the icon is decoration and hidden from screen readers. */
  label?: string;
  className?: string;
}

/** In the 24 px grid, which makes a line of 1.5 px at 16 px. */
const STROKE = 2.25;

export function Icon({ name, label, className = "size-4" }: IconProps) {
  const named = label ? ({ role: "img", "aria-label": label } as const) : ({ "aria-hidden": true } as const);
  if (name === "banyan") return <Banyan className={className} {...named} />;
  const shapes: readonly Shape[] = GLYPHS[name];
  return createElement(
    "svg",
    {
      className,
      width: 24,
      height: 24,
      viewBox: "0 0 24 24",
      // Only the icon for “waiting for you” is filled.
      fill: name === "you" ? "currentColor" : "none",
      stroke: "currentColor",
      strokeWidth: STROKE,
      strokeLinecap: "round",
      strokeLinejoin: "round",
      ...named,
    },
    shapes.map(drawn),
  );
}

function drawn(shape: Shape) {
  if (typeof shape === "string") return <path key={shape} d={shape} />;
  const [element, attributes] = shape;
  return createElement(element, { key: Object.values(attributes).join(), ...attributes });
}

interface BanyanProps {
  className: string;
  role?: "img";
  "aria-label"?: string;
  "aria-hidden"?: true;
}

/** Banyan's logo, as in `app/icon.svg`. */
function Banyan({ "aria-label": label, ...rest }: BanyanProps) {
  return (
    <svg
      {...rest}
      aria-label={label}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {label ? <title>{label}</title> : null}
      <path d="M8 14.5V8M8 8C5.5 8 2.5 7.5 2.5 5S5 1.5 8 1.5 13.5 2.5 13.5 5 10.5 8 8 8M4.5 7.5v7M11.5 7.5v7" />
    </svg>
  );
}
