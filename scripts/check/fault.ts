/** A place that breaks a rule of the project. */
export interface Fault {
  /** Relative to the root of the checkout. */
  file: string;
  /** Counted from 1; absent when the fault concerns the whole file. */
  line?: number;
  message: string;
}

export function faultLine(fault: Fault): string {
  return `${fault.file}${fault.line ? `:${fault.line}` : ""}: ${fault.message}`;
}
