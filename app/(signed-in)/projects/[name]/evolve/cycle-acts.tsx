"use client";

import Link from "next/link";
import { type FormEvent, useState } from "react";
import { operate } from "@/app/operate";
import { buttonLook } from "@/components/ui/button-look";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { useForm } from "@/components/ui/forms/use-form";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { useOpened } from "@/components/ui/hooks/use-opened";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import type { EvolutionCycle, EvolutionOfProject } from "@/core/shapes/evolution";
import { forgeWords, pageOfForge } from "@/core/words/projects";

interface CycleActsProps {
  evolution: EvolutionOfProject;
  cycle: EvolutionCycle;
  host: string | null;
  mayDecide: boolean;
  onDone: (outcome: Outcome) => void;
}

/** What a person does with a change that waits: decide it here, or where it is decided. */
export function CycleActs({ evolution, cycle, host, mayDecide, onDone }: CycleActsProps) {
  const { project, change: kind, folder, forge } = evolution;
  const { opened, open, close } = useOpened<"accept" | "reject">();
  const { id, tree, change } = cycle;
  const page = change?.url ? pageOfForge(change.url, host) : null;
  return (
    <div className="col-span-full mt-1.5 flex flex-wrap items-center gap-2">
      {kind === "pull_request" ? (
        page === null ? (
          <span className="text-ink-2">Its {forgeWords(forge).pull} is being opened.</span>
        ) : (
          <a className={buttonLook()} href={page} target="_blank" rel="noreferrer noopener">
            Open {change?.name} at {host}
          </a>
        )
      ) : null}
      {kind === "proposal" ? (
        <Link
          className={buttonLook()}
          href={change === null ? "/review" : `/review?item=${change.name}`}
          prefetch={false}
        >
          Decide in Review
        </Link>
      ) : null}
      {kind === "branch" && mayDecide ? (
        <>
          <Button onClick={() => open("accept")}>Accept…</Button>
          <Button onClick={() => open("reject")}>Reject…</Button>
        </>
      ) : null}
      {tree === null ? null : (
        <Link className={buttonLook("quiet")} href={`/trees/${tree}?view=files`} prefetch={false}>
          Read the change
        </Link>
      )}
      {opened === "accept" ? (
        <Accept project={project} cycle={id} hasFolder={folder !== null} onClosed={close} onDone={onDone} />
      ) : null}
      {opened === "reject" ? <Reject project={project} cycle={id} onClosed={close} onDone={onDone} /> : null}
    </div>
  );
}

interface DecideProps {
  project: string;
  cycle: string;
  onClosed: () => void;
  onDone: (outcome: Outcome) => void;
}

function Accept({ project, cycle, hasFolder, onClosed, onDone }: DecideProps & { hasFolder: boolean }) {
  const [branch, setBranch] = useState("");
  const [repository, setRepository] = useState("");
  const given = { ...(branch.trim() && { branch }), ...(repository.trim() && { repository }) };
  return (
    <Decision
      title="Accept this change"
      button="Accept"
      fields={[
        ...(hasFolder
          ? []
          : [
              {
                name: "repository",
                label: "Repository (a folder on the server)",
                value: repository,
                set: setRepository,
              },
            ]),
        {
          name: "branch",
          label: "Branch (default: banyan/ and the title of its tree)",
          value: branch,
          set: setBranch,
        },
      ]}
      decide={() => operate("acceptCycle", { id: project, cycle, ...given })}
      onClosed={onClosed}
      onDone={onDone}
    >
      {hasFolder
        ? "It becomes a branch of the project’s folder. What is checked out there stays as it is."
        : "The project has no folder on the server, so name one that has a clone of its repository. The change becomes a branch there, and what is checked out stays as it is."}
    </Decision>
  );
}

function Reject({ project, cycle, onClosed, onDone }: DecideProps) {
  const [reason, setReason] = useState("");
  return (
    <Decision
      title="Reject this change"
      button="Reject"
      fields={[{ name: "reason", label: "Why, for whoever looks next", value: reason, set: setReason }]}
      decide={() => operate("rejectCycle", { id: project, cycle, reason })}
      onClosed={onClosed}
      onDone={onDone}
    >
      Its insight is dismissed with your reason. No branch is made.
    </Decision>
  );
}

interface DecisionProps extends Pick<DecideProps, "onClosed" | "onDone"> {
  title: string;
  button: string;
  fields: { name: string; label: string; value: string; set: (value: string) => void }[];
  decide: () => Promise<Outcome>;
  children: string;
}

function Decision({ title, button, fields, decide, onClosed, onDone, children }: DecisionProps) {
  const form = useForm();
  function send(event: FormEvent, dismiss: () => void): void {
    event.preventDefault();
    if (form.pending) return;
    form.run(decide, (outcome) => {
      if (!outcome.ok) return;
      dismiss();
      onDone(outcome);
    });
  }
  return (
    <Modal title={title} onClosed={onClosed}>
      {(dismiss) => (
        <form {...form.props} className="mt-3 grid gap-3" onSubmit={(event) => send(event, dismiss)}>
          <p className="text-ink-2">{children}</p>
          {fields.map(({ name, label, value, set }) => (
            <Field key={name} form={form} name={name} label={label}>
              <input
                {...form.register(name)}
                type="text"
                autoComplete="off"
                value={value}
                onChange={({ target }) => set(target.value)}
              />
            </Field>
          ))}
          <Refusal outcome={form.rest} />
          <FormActs close={dismiss} disabled={form.pending}>
            {button}
          </FormActs>
        </form>
      )}
    </Modal>
  );
}
