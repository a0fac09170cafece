import { Crumbs } from "@/components/ui/page/crumbs";
import { Page } from "@/components/ui/page/page";
import { SKELETON } from "@/components/ui/page/skeleton";

/** Skeleton of the page: its header, and the list beside the task. Its style shows the bars only after a short delay. */
export default function TreeLoading() {
  return (
    <Page fills>
      <header className="border-b border-line px-4 pt-3 pb-2">
        <Crumbs aria-label="Path">Trees</Crumbs>
        <h1 className="sr-only">Tree</h1>
        <div className={SKELETON}>
          <i className="w-2/5" />
          <i className="w-3/5" />
        </div>
      </header>
      <div
        className={`${SKELETON} grid min-h-0 flex-1 grid-cols-[2fr_3fr] gap-x-8 px-4 pt-3 phone:grid-cols-1`}
        data-loading
        role="status"
        aria-label="Loading tree"
      >
        <div>
          <i className="w-4/5" />
          <i className="w-3/5" />
          <i className="w-2/3" />
          <i className="w-1/2" />
        </div>
        <div className="phone:hidden">
          <i className="w-1/3" />
          <i />
          <i />
          <i className="w-3/4" />
        </div>
      </div>
    </Page>
  );
}
