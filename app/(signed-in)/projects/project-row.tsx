import Link from "next/link";
import { StatusGlyph } from "@/components/ui/status";
import type { Project } from "@/core/shapes/projects";
import { money, plural } from "@/core/words/figures";
import { projectSentence, statusOfProject } from "@/core/words/projects";

/** A project in the list: its worst state, where it is, what it does, and what its trees cost. */
export function ProjectRow({ project }: { project: Project }) {
  const { name, address, branch, figures } = project;
  return (
    <li>
      <Link
        className="-mx-2 grid grid-cols-[16px_minmax(0,1fr)_auto] items-center gap-x-3 rounded-sm px-2 py-[7px] hover:bg-hover"
        href={`/projects/${name}`}
        prefetch={false}
        data-row
      >
        <StatusGlyph status={statusOfProject(project)} labelled={false} />
        <span className="min-w-0">
          <span className="flex min-w-0 items-baseline gap-2 phone:flex-wrap phone:gap-y-0">
            <b className="min-w-0 truncate font-medium">{name}</b>
            <span className="min-w-0 truncate text-ink-3 text-small">
              {address}
              {branch === null ? "" : `, ${branch}`}
            </span>
          </span>
          <span className="block truncate text-ink-2">{projectSentence(project)}</span>
        </span>
        <span className="whitespace-nowrap text-right text-ink-2">
          {money(figures.cost_usd)}
          <span className="block text-ink-3 text-small">
            {plural(figures.trees, "tree")}, {figures.days} days
          </span>
        </span>
      </Link>
    </li>
  );
}
