import { LoadingPage } from "@/components/ui/page/loading-page";

export default function DocumentsLoading() {
  return <LoadingPage title="Documents" reads="The documents are being read" />;
}
