import { LoadingPage } from "@/components/ui/page/loading-page";

export default function ProjectsLoading() {
  return <LoadingPage title="Projects" reads="Loading projects" />;
}
