import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { Page } from "@/components/ui/page/page";
import { ProjectList } from "./project-list";

export const metadata: Metadata = { title: "Projects" };

export default async function ProjectsPage() {
  const { queries, may } = await enter();
  const { items } = await queries.listProjects();
  return (
    <Page>
      <ProjectList start={items} mayAdd={may("addProject")} />
    </Page>
  );
}
