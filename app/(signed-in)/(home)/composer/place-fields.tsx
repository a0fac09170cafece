import { FieldPairs } from "@/components/ui/facts";
import { Hint } from "@/components/ui/hint";
import type { FieldsProps } from "./done-by";
import { isRepository } from "./draft";
import { Field } from "./field";
import { placeText } from "./summary";

/** Field for the workspace, a folder or a git URL. A git URL adds a field for the branch. */
export function PlaceFields({ draft, change, problem }: FieldsProps) {
  return (
    <FieldPairs>
      <Field
        name="workspace"
        label="Workspace"
        value={draft.workspace}
        problem={problem}
        placeholder="A fresh folder"
        title="A folder on the server or a git URL; empty means a fresh folder"
        change={(workspace) => change({ workspace })}
      />
      {isRepository(draft.workspace) ? (
        <Field
          name="branch"
          label="Branch"
          value={draft.branch}
          problem={problem}
          placeholder="Default branch"
          change={(branch) => change({ branch })}
        />
      ) : null}
      <Hint className="col-start-2 -mt-1!">{placeText(draft)}</Hint>
    </FieldPairs>
  );
}
