import { Skeleton } from "@/components/ui/page/skeleton";

/** Grey bars in the shape of what comes, shown only when it takes a moment. */
export default function SettingsLoading() {
  return (
    <Skeleton role="status" aria-label="The settings are being read">
      <i className="w-1/4" />
      <i />
      <i className="w-4/5" />
      <i className="w-3/5" />
    </Skeleton>
  );
}
