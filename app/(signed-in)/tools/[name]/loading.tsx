import { LoadingPage } from "@/components/ui/page/loading-page";

export default function ToolLoading() {
  return <LoadingPage title="Tool" reads="Loading tool" rows={4} />;
}
