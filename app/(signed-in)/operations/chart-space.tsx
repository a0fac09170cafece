/** The room that charts take, also before they are there. */
export const CHART_GRID = "grid grid-cols-4 overflow-hidden rounded-lg border border-line narrow:grid-cols-2";
/** Its lines at the right and at the end fall together with those of the frame. */
export const CHART_CELL = "-mr-px -mb-px border-r border-b border-line px-4 pt-3 pb-2 phone:px-3 phone:py-2";

export function PlotSpace() {
  return <div className="mt-1 h-16" />;
}
