import { Skeleton } from "@/components/ui/page/skeleton";

/** Takes the place of a diff while its code loads. */
export function DiffSkeleton() {
  return (
    <Skeleton role="status" aria-label="Loading the diff">
      <i />
      <i className="w-4/5" />
    </Skeleton>
  );
}
