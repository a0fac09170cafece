import { FieldPairs } from "@/components/ui/facts";
import { Hint } from "@/components/ui/hint";
import type { FieldsProps } from "./done-by";
import { isRepository } from "./draft";
import { Field } from "./field";
import { placeText } from "./summary";

/** Where it works: one field for a folder and for the address of a repository, which looks like none. */
export function PlaceFields({ draft, change, problem }: FieldsProps) {
  return (
    <FieldPairs>
      <Field
        name="workspace"
        label="Workspace"
        value={draft.workspace}
        problem={problem}
        placeholder="A fresh folder"
        title="A folder on the server, or the address of a git repository; empty for a fresh folder"
        change={(workspace) => change({ workspace })}
      />
      {isRepository(draft.workspace) ? (
        <Field
          name="branch"
          label="Branch"
          value={draft.branch}
          problem={problem}
          placeholder="The repository's own"
          change={(branch) => change({ branch })}
        />
      ) : null}
      <Hint className="col-start-2 -mt-1!">{placeText(draft)}</Hint>
    </FieldPairs>
  );
}
