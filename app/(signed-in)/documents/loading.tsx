import { LoadingPage } from "@/components/ui/page/loading-page";

export default function DocumentsLoading() {
  return <LoadingPage title="Documents" reads="Loading documents" />;
}
