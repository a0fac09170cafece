/** The grid of the charts, also used while they load so that the layout does not shift. */
export const CHART_GRID = "grid grid-cols-4 overflow-hidden rounded-lg border border-line narrow:grid-cols-2";
/** The negative margins put the right and bottom borders of a cell on the border of the grid. */
export const CHART_CELL = "-mr-px -mb-px border-r border-b border-line px-4 pt-3 pb-2 phone:px-3 phone:py-2";

export function PlotSpace() {
  return <div className="mt-1 h-16" />;
}
