import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { useOpened } from "@/components/ui/hooks/use-opened";
import { Button, Separator } from "@/components/ui/parts";
import { RemovalDialog } from "@/components/ui/removal-dialog";
import type { ProjectRepository } from "@/core/shapes/projects";
import { ChangeRepository } from "./change-repository";

interface RepositoryRowProps {
  project: string;
  repository: ProjectRepository;
  /** The folders of the project's other repositories. */
  others: readonly string[];
  mayChange: boolean;
}

/** A repository of a project: where it is, how it is shown to work, and after which it is merged. */
export function RepositoryRow({ project, repository, others, mayChange }: RepositoryRowProps) {
  const { opened, open, close } = useOpened<"change" | "remove">();
  const { folder, address, branch, is_own, check, setup, needs } = repository;
  const of = <span className="sr-only"> {folder}</span>;
  return (
    <li className="py-2" data-repository={folder}>
      <div className="flex flex-wrap items-center gap-x-2">
        <h3 className="min-w-0 wrap-anywhere">{folder}</h3>
        {is_own ? <span className="text-ink-3">the project’s own</span> : null}
        {mayChange ? (
          <span className="ml-auto flex">
            <Button look="quiet" onClick={() => open("change")}>
              Change…{of}
            </Button>
            {is_own ? null : (
              <Button look="quiet" onClick={() => open("remove")}>
                Remove…{of}
              </Button>
            )}
          </span>
        ) : null}
      </div>
      <p className="text-ink-2 wrap-anywhere">
        {address}
        {branch === null ? null : (
          <>
            <Separator />
            branch {branch}
          </>
        )}
      </p>
      <p className="wrap-anywhere">
        {check === null ? "Check not confirmed" : <code title={`By ${check.by}`}>{check.command}</code>}
        {setup === null ? null : (
          <>
            <Separator />
            setup <code>{setup}</code>
          </>
        )}
      </p>
      {needs.length === 0 ? null : <p className="text-ink-2 wrap-anywhere">Merged after {needs.join(", ")}</p>}
      {opened === "change" ? (
        <ChangeRepository project={project} repository={repository} others={others} onClosed={close} />
      ) : null}
      {opened === "remove" ? (
        <RemovalDialog
          title={`Remove ${folder} from ${project}?`}
          button="Remove"
          remove={() => operate("removeRepository", { id: project, folder })}
          onClosed={close}
          onDone={(_, dismiss) => {
            dismiss();
            refreshPage();
          }}
        >
          <p className="mt-2 text-ink-2">
            New trees get no copy of it, and issues in work whose trees have one fail. The repository and its trees
            stay.
          </p>
        </RemovalDialog>
      ) : null}
    </li>
  );
}
