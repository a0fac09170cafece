import type { ReactNode } from "react";
import { Button } from "./parts";

interface FormActsProps {
  close: () => void;
  disabled?: boolean;
  look?: "primary" | "danger";
  /** ⌘↵ sends it, too. */
  hasKey?: boolean;
  /** With room above. */
  isApart?: boolean;
  children: ReactNode;
}

/** What sends a form, in its words, and the way out of it. */
export function FormActs({ close, disabled, look = "primary", hasKey, isApart, children }: FormActsProps) {
  return (
    <div className={`flex flex-wrap items-center gap-2 phone:in-data-row:*:flex-auto ${isApart ? "mt-3" : ""}`}>
      <Button type="submit" look={look} disabled={disabled} hint={hasKey ? "⌘↵" : undefined}>
        {children}
      </Button>
      <Button look="quiet" className="phone:in-data-row:border-line-strong!" onClick={close}>
        Cancel
      </Button>
    </div>
  );
}
