"use client";

import Link from "next/link";
import { buttonLook } from "@/components/ui/button-look";
import { Icon } from "@/components/ui/icon";
import { isEnded } from "@/core/log/terms";
import type { Task } from "@/core/shapes/shapes";
import { ApplyButton } from "./apply-button";
import { zipAddress } from "./file-address";
import { useFilesHere } from "./open-file";

interface ResultActionsProps {
  task: Pick<Task, "id" | "tree_id" | "parent_id" | "status">;
  /** The task changed files. */
  hasFiles: boolean;
  look: "plain" | "primary";
}

/** What can be done with the result of a task: its files as a branch or as a zip; of a whole tree, its proof. */
export function ResultActions({ task, hasFiles, look }: ResultActionsProps) {
  const { canRun } = useFilesHere();
  const isRoot = task.parent_id === null;
  return (
    <>
      {hasFiles && canRun ? (
        <ApplyButton treeId={task.tree_id} taskId={isRoot ? undefined : task.id} look={look} />
      ) : null}
      {hasFiles ? (
        <a
          className={buttonLook()}
          href={zipAddress(task.tree_id, { task: task.id })}
          data-command="Download all files of the result (zip)"
          download
        >
          <Icon name="download" />
          Download zip
        </a>
      ) : null}
      {isRoot && isEnded(task.status) ? (
        <Link className={buttonLook()} href={`/trees/${task.tree_id}/proof`} prefetch={false}>
          <Icon name="share" />
          Share the proof
        </Link>
      ) : null}
    </>
  );
}
