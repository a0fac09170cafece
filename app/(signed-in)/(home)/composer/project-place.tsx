import { Hint } from "@/components/ui/hint";
import { Icon } from "@/components/ui/icon";
import { Button } from "@/components/ui/parts";
import { Wrong } from "./field";
import type { FieldsProps } from "./fields-props";
import { BELOW_PICKS, Pick } from "./picks";

/** The project that the address or a template has chosen, until the person wants another place. */
export function ProjectPlace({ draft: { project }, change, problem }: FieldsProps) {
  return (
    <>
      <Pick className="flex max-w-72 items-center gap-1.5 px-2 text-ink-2">
        <Icon name="folder" className="size-3.5 text-ink-3" />
        <span className="min-w-0 truncate">Project {project}</span>
        <Button look="quiet" id="new-workspace" onClick={() => change({ project: "" })}>
          Another place
        </Button>
      </Pick>
      <Wrong name="workspace" problem={problem} className={BELOW_PICKS} />
      <div className={BELOW_PICKS}>
        {problem?.field === "workspace" ? null : (
          <Hint className="mt-0!">
            Works in the project: in its folder, in a clone, or in copies of its repositories side by side.
          </Hint>
        )}
      </div>
    </>
  );
}
