import { LoadingPage } from "@/components/ui/page/loading-page";

export default function SchedulesLoading() {
  return <LoadingPage title="Schedules" reads="Loading schedules" />;
}
