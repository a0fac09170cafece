import type { ReactNode } from "react";

/** Bar with decisions at the end of a column. On a phone its buttons share the width. */
export function DecisionBar({ name, children }: { name: "decide" | "batch"; children: ReactNode }) {
  const room = name === "batch" ? "px-3 py-2" : "px-6 py-2.5";
  return (
    <div
      className={`flex flex-wrap items-center gap-2 border-line border-t bg-bg ${room} phone:px-4 phone:py-2 phone:[&_button]:flex-auto`}
      data-testid={name}
    >
      {children}
    </div>
  );
}

/** Form above the buttons of the bar. The padding makes room for the focus outline, which overflow would cut off. */
export function BarForm({ children }: { children: ReactNode }) {
  return <div className="-m-[3px] max-h-[60vh] flex-[1_0_100%] overflow-y-auto p-[3px]">{children}</div>;
}
