import { PageTabs } from "@/components/ui/page/page-tabs";

/** The pages of a project. `open`: how many insights are open. */
export function ProjectTabs({ name, open }: { name: string; open: number }) {
  const pages = [
    { href: `/projects/${name}`, word: "Overview" },
    { href: `/projects/${name}/insights`, word: "Insights", count: open },
  ];
  return <PageTabs label="Project" pages={pages} />;
}
