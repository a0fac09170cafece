import { LoadingPage } from "@/components/ui/page/loading-page";

export default function TreesLoading() {
  return <LoadingPage title="Trees" reads="The list of trees is being read" rows={12} />;
}
