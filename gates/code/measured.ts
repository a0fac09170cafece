export interface MeasuredFunction {
  name: string;
  line: number;
  /** Cyclomatic complexity: 1, and 1 for each branch. */
  complexity: number;
}

export interface ExportedFunction {
  name: string;
  line: number;
  isDocumented: boolean;
}
