import { LoadingPage } from "@/components/ui/page/loading-page";

export default function HomeLoading() {
  return <LoadingPage title="Home" reads="Loading what needs you and what is running" rows={7} />;
}
