/** One thing that a rule of the project forbids, where it stands. */
export interface Fault {
  /** Relative to the root of the checkout. */
  file: string;
  /** Counted from 1; left out when the whole file is meant. */
  line?: number;
  message: string;
}

export function faultLine(fault: Fault): string {
  return `${fault.file}${fault.line ? `:${fault.line}` : ""}: ${fault.message}`;
}
