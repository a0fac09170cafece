import type { Metadata } from "next";
import { hasModel } from "@/app/(signed-in)/(home)/composer/models";
import { enter } from "@/app/enter";
import { Page } from "@/components/ui/page/page";
import { ProjectList } from "./project-list";

export const metadata: Metadata = { title: "Projects" };

export default async function ProjectsPage() {
  const { queries, may } = await enter();
  const [{ items }, blueprints, status] = await Promise.all([
    queries.listProjects(),
    queries.listBlueprints(),
    queries.getStatus(),
  ]);
  return (
    <Page>
      <ProjectList
        start={items}
        mayAdd={may("addProject")}
        mayMake={may("newService")}
        blueprints={blueprints.items}
        hasModel={hasModel(status)}
      />
    </Page>
  );
}
