import { LoadingPage } from "@/components/ui/page/loading-page";

export default function AgentsLoading() {
  return <LoadingPage title="Agents" reads="Loading agents" />;
}
