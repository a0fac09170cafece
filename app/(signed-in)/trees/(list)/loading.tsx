import { LoadingPage } from "@/components/ui/page/loading-page";

export default function TreesLoading() {
  return <LoadingPage title="Trees" reads="Loading trees" rows={12} />;
}
