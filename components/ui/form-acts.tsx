import type { ReactNode } from "react";
import { Button } from "./parts";

interface FormActsProps {
  close: () => void;
  disabled?: boolean;
  look?: "primary" | "danger";
  /** ⌘↵ submits the form too, and the button shows it. */
  hasKey?: boolean;
  /** Adds space above. */
  isApart?: boolean;
  children: ReactNode;
}

/** Buttons at the end of a form: submit, with `children` as its label, and Cancel. */
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
