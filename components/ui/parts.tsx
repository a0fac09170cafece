import type { ComponentProps, ReactNode } from "react";
import type { SayLook } from "@/core/words/tasks";
import { type ButtonLook, buttonLook } from "./button-look";
import { Icon, type IconName } from "./icon";
import { KeyLabel } from "./key-label";

interface ButtonProps extends ComponentProps<"button"> {
  look?: ButtonLook;
  icon?: IconName;
  /** Key that presses the button, shown beside the label. */
  hint?: string;
}

export function Button({ look = "plain", icon, hint, children, className = "", ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} className={buttonLook(look, className)}>
      {icon ? <Icon name={icon} /> : null}
      {children}
      {hint ? (
        <kbd>
          <KeyLabel keys={hint} />
        </kbd>
      ) : null}
    </button>
  );
}

export type BadgeLook = "plain" | "you" | "bad" | "good" | "parked" | "live";

const BADGES: Record<BadgeLook, string> = {
  plain: "bg-idle-bg text-ink-2",
  you: "bg-wait-bg text-wait",
  bad: "bg-fail-bg text-fail",
  good: "bg-ok-bg text-ok",
  parked: "bg-park-bg text-park",
  live: "bg-run-bg text-run",
};

export function Badge({ look = "plain", icon, children }: { look?: BadgeLook; icon?: IconName; children: ReactNode }) {
  return (
    <span
      className={`inline-flex h-4.5 flex-none items-center gap-1 rounded-sm px-1.5 text-small font-medium whitespace-nowrap ${BADGES[look]}`}
    >
      {icon ? <Icon name={icon} className="size-3" /> : null}
      {children}
    </span>
  );
}

interface BarProps {
  /** 0 to 1. */
  share: number;
  isOver?: boolean;
  className?: string;
}

/** Bar that shows how much is used or done. It is grey, and red only when nothing is left. */
export function Bar({ share, isOver = false, className = "w-8", ...rest }: BarProps & ComponentProps<"span">) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <span
      {...rest}
      className={`inline-block h-1 flex-none overflow-hidden rounded-xs bg-line-strong align-middle ${className}`}
    >
      <i className={`block h-full ${isOver ? "bg-fail" : "bg-ink-3"}`} style={{ width: `${percent}%` }} />
    </span>
  );
}

/** Bar that shows the spent part of a grant, 0 to 1. */
export function Meter({ part, exhausted = false }: { part: number; exhausted?: boolean }) {
  const percent = Math.round(Math.min(1, Math.max(0, part)) * 100);
  return <Bar share={part} isOver={exhausted} role="img" aria-label={`${percent} % of the grant`} />;
}

interface SayProps {
  look?: SayLook;
  /** Instead of the icon of the look. */
  icon?: IconName;
  role?: "status" | "alert";
  className?: string;
  children: ReactNode;
}

/** Notice with an icon: what is going on, and what the user can do. */
export function Say({ look, icon: own, children, role, className = "" }: SayProps) {
  const { icon, ground, glyph } = look ? SAYS[look] : PLAIN;
  return (
    <div className={`flex gap-2 rounded-control px-3 py-2 text-ink ${ground} ${className}`} role={role} data-say>
      <Icon name={own ?? icon} className={`mt-[3px] size-3.5 ${glyph}`} />
      <div className="min-w-0 flex-auto">{children}</div>
    </div>
  );
}

const PLAIN = { icon: "info", ground: "bg-idle-bg", glyph: "" } as const;
const SAYS: Record<SayLook, { icon: IconName; ground: string; glyph: string }> = {
  you: { icon: "you", ground: "bg-wait-bg", glyph: "text-wait-mark" },
  bad: { icon: "tri", ground: "bg-fail-bg", glyph: "text-fail" },
  live: { icon: "running", ground: "bg-run-bg", glyph: "text-run motion-safe:animate-turn" },
  parked: { icon: "parked", ground: "bg-park-bg", glyph: "text-park" },
  good: { icon: "succeeded", ground: "bg-ok-bg", glyph: "text-ok" },
};

/** Dot between facts on one line. */
export function Separator() {
  return <span className="before:mx-1.5 before:text-ink-3 before:content-['·']" />;
}
