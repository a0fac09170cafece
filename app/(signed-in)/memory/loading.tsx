import { PageBody } from "@/components/ui/page/page";
import { SKELETON } from "@/components/ui/page/skeleton";

/** A skeleton of a Memory page while it loads. */
export default function MemoryLoading() {
  return (
    <PageBody className={SKELETON} data-loading role="status" aria-label="Loading memory">
      <i className="w-1/4" />
      <i className="w-1/2" />
      <i />
      <i />
      <i className="w-4/5" />
    </PageBody>
  );
}
