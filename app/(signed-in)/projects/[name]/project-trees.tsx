import type { ReactNode } from "react";
import { TreeRow } from "@/components/trees/tree-rows";
import { Section } from "@/components/ui/page/section";
import type { Tree } from "@/core/shapes/shapes";

/** The trees of a project: those that are open, and those that ended last, with other content between. */
export function ProjectTrees({ open, ended, children }: { open: Tree[]; ended: Tree[]; children: ReactNode }) {
  return (
    <>
      <Part id="running" title="Running" trees={open} none="Nothing runs." />
      {children}
      <Part id="ended" title="Ended lately" trees={ended} none="No tree has ended yet." />
    </>
  );
}

function Part({ id, title, trees, none }: { id: string; title: string; trees: Tree[]; none: string }) {
  return (
    <Section id={id} title={title} beside={trees.length > 0 ? trees.length : null}>
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
