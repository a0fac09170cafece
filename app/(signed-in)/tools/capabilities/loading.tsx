import { LoadingPage } from "@/components/ui/page/loading-page";

export default function CapabilitiesLoading() {
  return <LoadingPage title="Capabilities" reads="Loading capabilities" />;
}
