import { LoadingPage } from "@/components/ui/page/loading-page";

export default function HomeLoading() {
  return <LoadingPage title="Home" reads="What needs you and what runs is being read" rows={7} />;
}
