import { LoadingPage } from "@/components/ui/loading-page";

export default function AgentsLoading() {
  return <LoadingPage title="Agents" reads="The agents are being read" />;
}
