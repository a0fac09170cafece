import { PageBody } from "@/components/ui/page/page";
import { SKELETON } from "@/components/ui/page/skeleton";
import { CHART_CELL, CHART_GRID, PlotSpace } from "./chart-space";

/** A skeleton of the page while it loads. */
export default function OperationsLoading() {
  return (
    <PageBody className={SKELETON} data-loading role="status" aria-label="Loading operations">
      <i className="w-1/4" />
      <div className={CHART_GRID}>
        {["one", "two", "three", "four"].map((name) => (
          <div className={CHART_CELL} key={name}>
            <i className="w-1/3" />
            <PlotSpace />
          </div>
        ))}
      </div>
      <i className="w-1/4" />
      <i />
      <i className="w-4/5" />
    </PageBody>
  );
}
