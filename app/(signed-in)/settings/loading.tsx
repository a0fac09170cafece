import { Skeleton } from "@/components/ui/page/skeleton";

/** A skeleton of the page while it loads. */
export default function SettingsLoading() {
  return (
    <Skeleton role="status" aria-label="Loading settings">
      <i className="w-1/4" />
      <i />
      <i className="w-4/5" />
      <i className="w-3/5" />
    </Skeleton>
  );
}
