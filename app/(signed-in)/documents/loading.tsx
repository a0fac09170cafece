import { LoadingPage } from "@/components/ui/loading-page";

export default function DocumentsLoading() {
  return <LoadingPage title="Documents" reads="The documents are being read" />;
}
