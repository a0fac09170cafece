import { LoadingPage } from "@/components/ui/page/loading-page";

export default function ToolLoading() {
  return <LoadingPage title="Tool" reads="The tool is being read" rows={4} />;
}
