import { PageTabs } from "@/components/ui/page/page-tabs";

interface ProjectTabsProps {
  name: string;
  /** Open insights. */
  open: number;
  /** Changes of cycles that wait for a person. */
  waiting: number;
  /** Whether it has a page as a service. */
  isService: boolean;
}

/** The pages of a project. */
export function ProjectTabs({ name, open, waiting, isService }: ProjectTabsProps) {
  const pages = [
    { href: `/projects/${name}`, word: "Overview" },
    ...(isService ? [{ href: `/projects/${name}/service`, word: "Service" }] : []),
    { href: `/projects/${name}/insights`, word: "Insights", count: open },
    { href: `/projects/${name}/environments`, word: "Environments" },
    { href: `/projects/${name}/evolve`, word: "Evolution", count: waiting, waits: true },
  ];
  return <PageTabs label="Project" pages={pages} />;
}
