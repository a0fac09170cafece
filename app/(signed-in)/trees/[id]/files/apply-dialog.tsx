"use client";

import { type FormEvent, useState } from "react";
import { applyAsBranch } from "@/app/actions/tree-files";
import { CopyButton } from "@/components/text/copy-button";
import { CommandLine } from "@/components/ui/command-line";
import { Field } from "@/components/ui/forms/field";
import { useForm } from "@/components/ui/forms/use-form";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import { Skeleton } from "@/components/ui/page/skeleton";
import { Button, Say } from "@/components/ui/parts";
import type { AppliedBranch, ApplyPlan } from "@/core/shapes/files";
import { plural } from "@/core/words/figures";
import { patchAddress } from "./file-address";
import { useLoaded } from "./use-loaded";

interface ApplyDialogProps {
  treeId: string;
  /** Only what this task and its subtasks changed. */
  taskId?: string;
  title?: string;
  /** A sentence above the form. */
  note?: string;
  onClosed: () => void;
}

/** Creates a branch with what the tree changed, then says how to look at it and how to undo it. */
export function ApplyDialog({ treeId, taskId, title = "Apply as a branch", note, onClosed }: ApplyDialogProps) {
  const query = taskId === undefined ? "" : (`?task=${encodeURIComponent(taskId)}` as const);
  const { body: plan, problem } = useLoaded(`trees/${treeId}/apply${query}`);
  const [made, setMade] = useState<AppliedBranch | null>(null);
  return (
    <Modal title={title} onClosed={onClosed} wide>
      {(dismiss) => (
        <div className="stack mt-2">
          {note ? <p className="text-ink-2">{note}</p> : null}
          {problem ? <Say look="bad">{problem}</Say> : null}
          {made ? (
            <Made branch={made} dismiss={dismiss} />
          ) : plan ? (
            <ApplyForm treeId={treeId} taskId={taskId} plan={plan} dismiss={dismiss} done={setMade} />
          ) : (
            <Skeleton role="status" aria-label="Looking at the changes">
              <i />
              <i className="w-3/5" />
            </Skeleton>
          )}
        </div>
      )}
    </Modal>
  );
}

interface ApplyFormProps extends Pick<ApplyDialogProps, "treeId" | "taskId"> {
  plan: ApplyPlan;
  dismiss: () => void;
  done: (branch: AppliedBranch) => void;
}

function ApplyForm({ treeId, taskId, plan, dismiss, done }: ApplyFormProps) {
  const [repository, setRepository] = useState(plan.repository ?? "");
  const [branch, setBranch] = useState(plan.branch);
  const form = useForm();
  const { pending, run } = form;
  // Another repository may be free of the problem.
  const isAsPlanned = repository.trim() === (plan.repository ?? "");
  const isBeside = plan.beside.length > 0;
  const canCreate = plan.files > 0 && (isBeside || repository.trim() !== "") && !(plan.problem && isAsPlanned);
  const send = (event: FormEvent) => {
    event.preventDefault();
    run(async () => {
      const answer = await applyAsBranch(treeId, { branch, repository, task: taskId });
      if (!answer.ok) return answer;
      done(answer.branch);
      return { ok: true, sentence: "" };
    });
  };
  return (
    <form {...form.props} className="stack" onSubmit={send}>
      {isBeside ? (
        <BesideWords beside={plan.beside} />
      ) : (
        <p className="text-ink-2">
          Commits {plural(plan.files, "changed file")} on top of the repository's last commit, on a new branch. Ignored
          files are left out. The files in the folder, the index and the checked-out branch stay as they are.
        </p>
      )}
      {plan.problem ? <Say>{plan.problem}</Say> : null}
      {plan.repository === null && !isBeside && !plan.problem ? (
        <Say>The tree worked in a folder of its own. Name the repository in which the branch is created.</Say>
      ) : null}
      <Field
        form={form}
        name="repository"
        label={isBeside ? "Only this repository (a folder on the server)" : "Repository (a folder on the server)"}
      >
        <input
          {...form.register("repository")}
          type="text"
          className="font-mono text-mono"
          value={repository}
          placeholder="/home/you/project"
          spellCheck={false}
          onChange={(event) => setRepository(event.target.value)}
        />
      </Field>
      <Field form={form} name="branch" label="New branch">
        <input
          {...form.register("branch")}
          type="text"
          className="font-mono text-mono"
          value={branch}
          spellCheck={false}
          data-first-focus
          onChange={(event) => setBranch(event.target.value)}
        />
      </Field>
      <Refusal outcome={form.rest} />
      <div className="flex flex-wrap items-center justify-end gap-2">
        {plan.files > 0 ? (
          <a className="link mr-auto" href={patchAddress(treeId, taskId)} download>
            Download the patch instead
          </a>
        ) : null}
        <Button onClick={dismiss}>Cancel</Button>
        {plan.files > 0 ? (
          <Button type="submit" look="primary" icon="change" disabled={pending || !canCreate}>
            {pending ? "Creating the branch" : "Create branch"}
          </Button>
        ) : null}
      </div>
    </form>
  );
}

/** What happens to a change of several repositories. */
function BesideWords({ beside }: Pick<ApplyPlan, "beside">) {
  return (
    <div className="stack text-ink-2">
      <p>
        Commits the changed files on top of the last commit of{" "}
        {beside.length === 1 ? "one repository" : `${beside.length} repositories`}, on a new branch of the same name in
        each, or in none. Ignored files are left out. The files in the folders, the index and the checked-out branch
        stay as they are.
      </p>
      <ul className="stack gap-1">
        {beside.map(({ folder, address, files }) => (
          <li key={folder}>
            <b className="font-medium text-ink">{folder}</b>: {plural(files, "changed file")}, of{" "}
            <span className="break-all font-mono text-mono">{address}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Made({ branch, dismiss }: { branch: AppliedBranch; dismiss: () => void }) {
  return (
    <>
      <Say look="good" role="status">
        {branch.sentence}
      </Say>
      <Command title="Look at it" text={branch.look} />
      <Command title="Undo: delete the branch" text={branch.undo} />
      <div className="flex justify-end">
        <Button look="primary" onClick={dismiss}>
          Close
        </Button>
      </div>
    </>
  );
}

function Command({ title, text }: { title: string; text: string }) {
  return (
    <div>
      <div className="flex items-center justify-between gap-2">
        <h3>{title}</h3>
        <CopyButton text={text} look="quiet">
          Copy
        </CopyButton>
      </div>
      <CommandLine className="mt-1! overflow-x-auto">{text}</CommandLine>
    </div>
  );
}
