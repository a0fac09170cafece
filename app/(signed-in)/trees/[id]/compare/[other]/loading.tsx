import { Page, PageBar, PageBody } from "@/components/ui/page/page";
import { SKELETON } from "@/components/ui/page/skeleton";

/** Skeleton of the page; its style shows it only after a short delay. */
export default function ComparisonLoading() {
  return (
    <Page>
      <PageBar>
        <h1>Compare two trees</h1>
      </PageBar>
      <PageBody className={SKELETON} data-loading role="status" aria-label="Comparing the trees">
        <i className="w-1/2" />
        <i />
        <i />
        <i className="w-4/5" />
      </PageBody>
    </Page>
  );
}
