import { LoadingPage } from "@/components/ui/page/loading-page";

export default function ToolsLoading() {
  return <LoadingPage title="Tools" reads="Loading tools" />;
}
