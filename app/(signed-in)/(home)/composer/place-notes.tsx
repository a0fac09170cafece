import { isGitUrl } from "@/components/pickers/git-url";
import { LastHere } from "@/components/pickers/last-here";
import { Hint } from "@/components/ui/hint";
import type { FoundFolder } from "@/core/shapes/folders";
import { SELF_URL } from "@/core/shapes/improving/self";
import { ONLY_COPY } from "@/core/words/refused-folder";
import type { FieldsProps } from "./fields-props";
import { BELOW_PICKS } from "./picks";

interface PlaceNotesProps extends FieldsProps {
  /** A folder or a git URL. */
  workspace: string;
  /** null: not known yet. */
  folder: FoundFolder | null;
}

/** What working in this place means, what was done there last, and the choice of a copy of a folder. */
export function PlaceNotes({ draft, change, problem, workspace, folder }: PlaceNotesProps) {
  const isRefused = problem?.field === "workspace";
  const isFolder = workspace !== "" && !isGitUrl(workspace);
  return (
    <div className={`${BELOW_PICKS} flex min-w-0 flex-wrap items-center gap-x-4`}>
      <div className="min-w-0" id="new-workspace-says" role="status">
        {isRefused ? null : <PlaceSays workspace={workspace} folder={folder} isCopy={draft.copy === "yes"} />}
        {folder?.git_off ? <Hint className="mt-0!">{folder.git_off}</Hint> : null}
        <LastHere tree={folder?.last_tree} />
      </div>
      {isFolder && !folder?.problem ? (
        <label className="flex min-h-6 items-center gap-2 text-small phone:min-h-9">
          <input
            type="checkbox"
            id="new-copy"
            checked={draft.copy === "yes"}
            onChange={(event) => change({ copy: event.target.checked ? "yes" : "" })}
          />
          Work in a copy
        </label>
      ) : null}
    </div>
  );
}

interface PlaceSaysProps extends Pick<PlaceNotesProps, "workspace" | "folder"> {
  isCopy: boolean;
}

/** What working there means, or why it is not possible. */
function PlaceSays({ workspace, folder, isCopy }: PlaceSaysProps) {
  if (workspace === "") return null;
  if (workspace === SELF_URL)
    return <Hint className="mt-0!">Works in a copy of Banyan's own source. A change is proposed to you.</Hint>;
  if (isGitUrl(workspace)) return <Hint className="mt-0!">Works in a fresh clone of this repository.</Hint>;
  if (folder?.problem)
    return (
      <Hint className="mt-0!" isBad>
        {folder.problem}
      </Hint>
    );
  if (isCopy) return <Hint className="mt-0!">Works in a copy. The folder itself stays as it is.</Hint>;
  if (folder?.only_copy_because)
    return (
      <Hint className="mt-0!" isBad>
        {ONLY_COPY[folder.only_copy_because]} Work in a copy, or choose another folder.
      </Hint>
    );
  if (folder?.locked_by)
    return (
      <Hint className="mt-0!" isBad>
        “{folder.locked_by}” works in this folder. Work in a copy, or choose another folder.
      </Hint>
    );
  if (folder?.git?.dirty)
    return (
      <Hint className="mt-0!">Has uncommitted changes, which agents may edit. A copy keeps them as they are.</Hint>
    );
  return <Hint className="mt-0!">Works only in this folder.</Hint>;
}
