import { LoadingPage } from "@/components/ui/page/loading-page";

export default function RunbooksLoading() {
  return <LoadingPage title="Runbooks" reads="The runbooks are being read" />;
}
