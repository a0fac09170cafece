import type { ComponentProps, ReactNode } from "react";

/** The head of a column: its text, or what it holds with its classes. `name` tells columns apart. */
export type Column = string | { name: string; shown?: ReactNode; className?: string };

interface FactTableProps extends ComponentProps<"table"> {
  columns: readonly Column[];
  /** The rows of the body. */
  children: ReactNode;
  /** On a phone, each row becomes a block: its first two cells side by side, the others below. */
  stacks?: boolean;
}

const STACKED =
  "phone:[&_thead]:hidden phone:[&_tr]:grid phone:[&_tr]:grid-cols-[minmax(0,1fr)_auto] phone:[&_tr]:gap-x-3 phone:[&_tr]:gap-y-1 " +
  "phone:[&_tr]:border-b phone:[&_tr]:border-line phone:[&_tr]:py-2 phone:[&_td]:h-auto phone:[&_td]:border-0 phone:[&_td]:p-0 " +
  "phone:[&_td]:wrap-anywhere";

/** Table that scrolls horizontally if it is too wide. `elements.css` styles its cells. */
export function FactTable({ columns, children, stacks = false, className = "", ...rest }: FactTableProps) {
  return (
    <table {...rest} className={`${stacks ? STACKED : ""} ${className}`} data-facts>
      <thead>
        <tr>
          {columns.map((column) => {
            const { name, shown = name, className: look } = typeof column === "string" ? { name: column } : column;
            return (
              <th key={name} scope="col" className={look}>
                {shown}
              </th>
            );
          })}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

/** The head of a column of buttons, for screen readers. */
export function unseen(name: string): Column {
  return { name, shown: <span className="sr-only">{name}</span> };
}
