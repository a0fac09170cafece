import { FolderPicker } from "@/components/pickers/folder-picker";
import { isGitUrl } from "@/components/pickers/git-url";
import { useFolder } from "@/components/pickers/use-folder";
import { lazily } from "@/components/ui/page/lazily";
import { SELF_URL } from "@/core/shapes/improving/self";
import { Field, Wrong } from "./field";
import type { FieldsProps } from "./fields-props";
import { BELOW_PICKS, Pick, pickLook } from "./picks";
import { PlaceNotes } from "./place-notes";
import type { ReadProject } from "./use-project";

const ProjectPlace = lazily(() => import("./project-place").then((file) => file.ProjectPlace));

/** Where the task works: a folder, in place or in a copy, or a clone of a git URL with its branch. */
export function PlaceFields({ read, ...fields }: FieldsProps & { read: ReadProject }) {
  return fields.draft.project === "" ? <FolderFields {...fields} /> : <ProjectPlace {...fields} read={read} />;
}

function FolderFields({ draft, change, problem }: FieldsProps) {
  const workspace = draft.workspace.trim();
  const isUrl = isGitUrl(workspace);
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
      <PlaceNotes draft={draft} change={change} problem={problem} workspace={workspace} folder={folder} />
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
