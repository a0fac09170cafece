import type { ReactNode } from "react";

interface ColumnsProps {
  /** Uses the full width of the container. */
  isFull?: boolean;
  children: ReactNode;
}

/** Two columns; on a phone, one below the other. */
export function TwoColumns({ isFull = false, children }: ColumnsProps) {
  const most = isFull ? "" : "max-w-240";
  return <div className={`grid grid-cols-2 items-start gap-x-6 gap-y-4 ${most} phone:grid-cols-1`}>{children}</div>;
}

/** Three fields side by side; on a phone, one below the other. */
export function ThreeColumns({ children }: { children: ReactNode }) {
  return <div className="grid grid-cols-3 gap-2 phone:grid-cols-1">{children}</div>;
}
