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
    <div className={isApart ? "acts mt-3" : "acts"}>
      <Button type="submit" look={look} disabled={disabled} hint={hasKey ? "⌘↵" : undefined}>
        {children}
      </Button>
      <Button look="quiet" onClick={close}>
        Cancel
      </Button>
    </div>
  );
}
