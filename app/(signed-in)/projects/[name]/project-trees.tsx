import type { ReactNode } from "react";
import { TreeRow } from "@/components/trees/tree-rows";
import { Section } from "@/components/ui/page/section";
import { UNDER_WAY } from "@/core/log/terms";
import type { Page, Tree } from "@/core/shapes/shapes";

interface ProjectTreesProps {
  open: Page<Tree>;
  /** Those that ended last come first. */
  ended: Page<Tree>;
  children: ReactNode;
}

/** The trees of a project: those that run, those that wait or are paused, and those that ended last, with other content between. */
export function ProjectTrees({ open, ended, children }: ProjectTreesProps) {
  const isCut = open.next !== null;
  const running = open.items.filter(({ status }) => UNDER_WAY.includes(status));
  const resting = open.items.filter((tree) => !running.includes(tree));
  return (
    <>
      {running.length > 0 || !isCut ? (
        <Part id="running" title="Running" trees={running} isCut={isCut} none="Nothing runs." />
      ) : null}
      {resting.length > 0 ? (
        <Part id="resting" title="Waiting or paused" trees={resting} isCut={isCut} none="" />
      ) : null}
      {children}
      <Part
        id="ended"
        title="Ended lately"
        trees={ended.items}
        isCut={ended.next !== null}
        none="No tree has ended yet."
      />
    </>
  );
}

interface PartProps {
  id: string;
  title: string;
  trees: Tree[];
  /** There are more than the page has loaded, so it does not count them. */
  isCut: boolean;
  none: string;
}

function Part({ id, title, trees, isCut, none }: PartProps) {
  return (
    <Section id={id} title={title} beside={trees.length > 0 ? (isCut ? "newest first" : trees.length) : null}>
      {trees.length === 0 ? <p className="py-2 text-ink-2">{none}</p> : null}
      <ul className="*:border-line *:border-b">
        {trees.map((tree) => (
          <li key={tree.id}>
            <TreeRow tree={tree} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
