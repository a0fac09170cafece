import { Page, PageBar, PageBody } from "@/components/ui/page/page";
import { SKELETON } from "@/components/ui/page/skeleton";

/** Grey bars in the shape of what comes, shown only when it takes a moment. */
export default function ComparisonLoading() {
  return (
    <Page>
      <PageBar>
        <h1>Compare two trees</h1>
      </PageBar>
      <PageBody className={SKELETON} data-loading role="status" aria-label="The two trees are being compared">
        <i className="w-1/2" />
        <i />
        <i />
        <i className="w-4/5" />
      </PageBody>
    </Page>
  );
}
