"use client";

import { useState } from "react";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import type { Project } from "@/core/shapes/projects";
import { AddRepository } from "./add-repository";
import { RepositoryRow } from "./repository-row";

interface RepositoriesProps {
  project: Project;
  mayChange: boolean;
}

/** The repositories of a project that has several; of any other, only the way to add one. */
export function Repositories({ project, mayChange }: RepositoriesProps) {
  const [isOpen, setOpen] = useState(false);
  const { name, address, repositories } = project;
  // Trees of Banyan's own sources and of the sample work in a folder of their own.
  const mayAdd = mayChange && !address.startsWith("banyan:");
  const isSeveral = repositories.length > 1;
  const add = mayAdd ? (
    <Button look="quiet" className={isSeveral ? "" : "mt-2"} onClick={() => setOpen(true)}>
      Add a repository…
    </Button>
  ) : null;
  return (
    <>
      {isSeveral ? (
        <Section id="repositories" title="Repositories" beside={repositories.length} end={add}>
          <p className="py-2 text-ink-2">
            Trees work in copies of them, side by side. A change of several is merged in this order.
          </p>
          <ol className="border-line border-t *:border-line *:border-b">
            {repositories.map((repository) => (
              <RepositoryRow
                key={repository.folder}
                project={name}
                repository={repository}
                others={repositories.map(({ folder }) => folder).filter((folder) => folder !== repository.folder)}
                mayChange={mayChange}
              />
            ))}
          </ol>
        </Section>
      ) : (
        add
      )}
      {isOpen ? <AddRepository project={project} onClosed={() => setOpen(false)} /> : null}
    </>
  );
}
