import { useFolder } from "@/components/pickers/use-folder";
import { Hint } from "@/components/ui/hint";
import { Icon } from "@/components/ui/icon";
import { Button } from "@/components/ui/parts";
import { Wrong } from "./field";
import type { FieldsProps } from "./fields-props";
import { BELOW_PICKS, Pick } from "./picks";
import { PlaceNotes } from "./place-notes";
import type { ReadProject } from "./use-project";

/** The project that the address, another page or a template has chosen, until the person wants another place. */
export function ProjectPlace({ draft, change, problem, read }: FieldsProps & { read: ReadProject }) {
  const { project, unread, again } = read;
  const isSeveral = project !== null && project.repositories.length > 1;
  const place = project === null || isSeveral || !project.address.startsWith("/") ? "" : project.address;
  const folder = useFolder(place);
  return (
    <>
      <Pick className="flex max-w-72 items-center gap-1.5 px-2 text-ink-2">
        <Icon name="folder" className="size-3.5 text-ink-3" />
        <span className="min-w-0 truncate" title={project?.address}>
          Project {draft.project}
        </span>
        <Button look="quiet" id="new-workspace" onClick={() => change({ project: "", copy: "" })}>
          Another place
        </Button>
      </Pick>
      <Wrong name="workspace" problem={problem} className={BELOW_PICKS} />
      {place ? (
        <PlaceNotes draft={draft} change={change} problem={problem} workspace={place} folder={folder} />
      ) : (
        <div className={BELOW_PICKS}>
          {project && problem?.field !== "workspace" ? (
            <Hint className="mt-0!">
              {isSeveral ? "Works in copies of its repositories, side by side." : "Works in a fresh clone of it."}
            </Hint>
          ) : null}
          {unread ? (
            <Hint className="mt-0!" isBad>
              {unread}{" "}
              <button type="button" className="link" onClick={again}>
                Read the project again
              </button>
            </Hint>
          ) : null}
        </div>
      )}
    </>
  );
}
