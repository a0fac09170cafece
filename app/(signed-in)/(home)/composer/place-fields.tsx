import { FolderPicker } from "@/components/pickers/folder-picker";
import { isGitUrl } from "@/components/pickers/git-url";
import { LastHere } from "@/components/pickers/last-here";
import { useFolder } from "@/components/pickers/use-folder";
import { Hint } from "@/components/ui/hint";
import { lazily } from "@/components/ui/page/lazily";
import type { FoundFolder } from "@/core/shapes/folders";
import { SELF_URL } from "@/core/shapes/improving/self";
import { ONLY_COPY } from "@/core/words/refused-folder";
import { Field, Wrong } from "./field";
import type { FieldsProps } from "./fields-props";
import { BELOW_PICKS, Pick, pickLook } from "./picks";

const ProjectPlace = lazily(() => import("./project-place").then((file) => file.ProjectPlace));

/** Where the task works: a folder, in place or in a copy, or a clone of a git URL with its branch. */
export function PlaceFields(props: FieldsProps) {
  return props.draft.project === "" ? <FolderFields {...props} /> : <ProjectPlace {...props} />;
}

function FolderFields({ draft, change, problem }: FieldsProps) {
  const workspace = draft.workspace.trim();
  const isUrl = isGitUrl(workspace);
  const isFolder = workspace !== "" && !isUrl;
  const folder = useFolder(workspace);
  const isRefused = problem?.field === "workspace";
  return (
    <>
      <Pick className="max-w-72">
        <FolderPicker
          id="new-workspace"
          label="Workspace"
          value={workspace}
          choose={(chosen) => change({ workspace: chosen, copy: "" })}
          {...pickLook("folder")}
          branch={folder?.git?.branch}
          isWrong={isRefused || Boolean(folder?.problem)}
          describedBy={isRefused ? "new-workspace-wrong" : "new-workspace-says"}
        />
      </Pick>
      <Wrong name="workspace" problem={problem} className={BELOW_PICKS} />
      <div className={`${BELOW_PICKS} flex min-w-0 flex-wrap items-center gap-x-4`}>
        <div className="min-w-0" id="new-workspace-says" role="status">
          {isRefused ? null : <PlaceSays workspace={workspace} folder={folder} isCopy={draft.copy === "yes"} />}
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
      {isUrl && workspace !== SELF_URL ? (
        <Pick className="w-36">
          <Field
            name="branch"
            label="Branch"
            value={draft.branch}
            problem={problem}
            placeholder="Default branch"
            change={(branch) => change({ branch })}
          />
        </Pick>
      ) : null}
    </>
  );
}

interface PlaceSaysProps {
  workspace: string;
  /** null: not known yet. */
  folder: FoundFolder | null;
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
