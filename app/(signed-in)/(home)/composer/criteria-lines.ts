/** The rows of a goal's criteria, and the text of the draft that holds them: one row a line. Pure. */

export interface CriterionRow {
  statement: string;
  /** With what its output must be, if that matters: `command :: expect TEXT`. "": an evaluator judges. */
  command: string;
  /** "": 1. */
  weight: string;
}

const BETWEEN = " :: ";

/** Returns at least one row. What a person has typed stays as it is, so that spaces can be typed too. */
export function criterionRows(text: string): CriterionRow[] {
  return text.split("\n").map((line) => {
    const [statement = "", ...rest] = line.split(BETWEEN);
    const hasWeight = rest.length > 1 && !rest.at(-1)?.startsWith("expect ");
    const weight = hasWeight ? (rest.pop() ?? "") : "";
    return { statement, command: rest.join(BETWEEN), weight };
  });
}

export function criterionLines(rows: readonly CriterionRow[]): string {
  return rows
    .map(({ statement, command, weight }) => {
      if (weight) return [statement, command, weight].join(BETWEEN);
      return command ? [statement, command].join(BETWEEN) : statement;
    })
    .join("\n");
}
