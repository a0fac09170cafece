import type { ComponentProps } from "react";

interface FactTableProps extends ComponentProps<"table"> {
  /** On a phone, each row becomes a block: its first two cells side by side, the others below. */
  stacks?: boolean;
}

const STACKED =
  "phone:[&_thead]:hidden phone:[&_tr]:grid phone:[&_tr]:grid-cols-[minmax(0,1fr)_auto] phone:[&_tr]:gap-x-3 phone:[&_tr]:gap-y-1 " +
  "phone:[&_tr]:border-b phone:[&_tr]:border-line phone:[&_tr]:py-2 phone:[&_td]:h-auto phone:[&_td]:border-0 phone:[&_td]:p-0 " +
  "phone:[&_td]:wrap-anywhere";

/** Table that scrolls horizontally if it is too wide. `elements.css` styles its cells. */
export function FactTable({ stacks = false, className = "", ...rest }: FactTableProps) {
  return <table {...rest} className={`${stacks ? STACKED : ""} ${className}`} data-facts />;
}
