import type { ComponentProps, ReactNode } from "react";
import { Icon, type IconName } from "./icon";

type Look = "plain" | "primary" | "danger" | "quiet";

interface ButtonProps extends ComponentProps<"button"> {
  look?: Look;
  icon?: IconName;
  /** The key that does the same; shown beside the word. */
  hint?: string;
}

export function Button({ look = "plain", icon, hint, children, className = "", ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} className={`btn ${look === "plain" ? "" : look} ${className}`}>
      {icon ? <Icon name={icon} /> : null}
      {children}
      {hint ? <kbd>{hint}</kbd> : null}
    </button>
  );
}

export type BadgeLook = "plain" | "you" | "bad" | "good" | "parked" | "live";

export function Badge({ look = "plain", icon, children }: { look?: BadgeLook; icon?: IconName; children: ReactNode }) {
  return (
    <span className={`badge ${look === "plain" ? "" : look}`}>
      {icon ? <Icon name={icon} /> : null}
      {children}
    </span>
  );
}

/** Part of a grant that is spent, 0 to 1. It stays grey: near the end a badge says so, and only out of grant is red. */
export function Meter({ part, exhausted = false }: { part: number; exhausted?: boolean }) {
  const percent = Math.round(Math.min(1, Math.max(0, part)) * 100);
  return (
    <span className={`meter ${exhausted ? "over" : ""}`} role="img" aria-label={`${percent} % of the grant`}>
      <i style={{ width: `${percent}%` }} />
    </span>
  );
}

/** One sentence that says what goes on and what can be done. */
export function Say({ look, children, role }: { look?: SayLook; children: ReactNode; role?: "status" | "alert" }) {
  const icon = look ? SAY_ICONS[look] : "info";
  return (
    <div className={`say ${look ?? ""}`} role={role}>
      <Icon name={icon} className={look === "live" ? "g s-running" : "i"} />
      <div className="grow">{children}</div>
    </div>
  );
}

export type SayLook = "you" | "bad" | "live" | "parked" | "good";
const SAY_ICONS: Record<SayLook, IconName> = {
  you: "you",
  bad: "tri",
  live: "running",
  parked: "parked",
  good: "succeeded",
};

export function Separator() {
  return <span className="sep" />;
}
