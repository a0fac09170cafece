import { LoadingPage } from "@/components/ui/page/loading-page";

export default function RunbooksLoading() {
  return <LoadingPage title="Runbooks" reads="Loading runbooks" />;
}
