"use client";

import { Icon } from "@/components/ui/icon";
import type { FoundFolder } from "@/core/shapes/folders";
import { useFetched } from "./use-fetched";

/** A folder with its branch and what stands against working in it. `isLooked`: git is asked for uncommitted changes. */
export function FolderRow({ folder, isLooked }: { folder: FoundFolder; isLooked: boolean }) {
  const asks = isLooked && folder.git !== null;
  const { body } = useFetched(asks ? `folder?path=${encodeURIComponent(folder.path)}` : null);
  const facts = folderFacts(body ?? folder);
  const slash = folder.path.lastIndexOf("/");
  return (
    <span className="flex min-w-0 items-start gap-2">
      <Icon name="folder" className="mt-0.75 size-3.5 text-ink-3" />
      <span className="min-w-0 flex-auto">
        <span className="block truncate">
          {folder.path.slice(slash + 1) || "/"} <span className="text-small text-ink-3">{folder.path}</span>
        </span>
        {facts.length > 0 ? <span className="block text-small text-ink-3">{facts.join(" · ")}</span> : null}
      </span>
    </span>
  );
}

/** What a person should know of a folder before a tree works there, as phrases. */
function folderFacts({ git, locked_by, read_only }: FoundFolder): string[] {
  return [
    git ? (git.branch ? `branch ${git.branch}` : "no branch checked out") : "",
    git?.dirty ? "uncommitted changes" : "",
    locked_by === null ? "" : `in use by “${locked_by}”`,
    read_only ? "read-only, because it holds Banyan itself" : "",
  ].filter(Boolean);
}
