import { Page, PageBar } from "@/components/ui/page/page";
import { SKELETON } from "@/components/ui/page/skeleton";
import { Columns, ItemColumn, ListColumn } from "./columns";

/** Placeholder of the review page, shown only when loading takes a moment. */
export default function ReviewLoading() {
  return (
    <Page fills>
      <PageBar>
        <h1>Review</h1>
      </PageBar>
      <Columns className={SKELETON} data-loading role="status" aria-label="Loading the review queue">
        <ListColumn className="p-3">
          <i />
          <i className="w-4/5" />
          <i />
          <i className="w-3/5" />
        </ListColumn>
        <ItemColumn className="p-6">
          <i className="w-1/4" />
          <i />
          <i className="w-4/5" />
        </ItemColumn>
      </Columns>
    </Page>
  );
}
