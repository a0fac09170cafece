"use client";

import { type FormEvent, useState } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { Field } from "@/components/ui/forms/field";
import { useForm } from "@/components/ui/forms/use-form";
import { Refusal } from "@/components/ui/outcome-line";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import type { Project, ProjectRepository } from "@/core/shapes/projects";

interface ProjectCheckProps {
  /** The name of the project. */
  project: string;
  repository: ProjectRepository;
  /** Whether the project has others. */
  isSeveral: boolean;
  mayChange: boolean;
}

/** While no check is confirmed: what its files say, one press each, and a field for another command. */
export function ProjectCheck({ project, repository, isSeveral, mayChange }: ProjectCheckProps) {
  const [typed, setTyped] = useState("");
  const form = useForm();
  const { folder, is_own, check, found } = repository;
  if (check !== null) return null;
  const confirm = (command: string) =>
    form.run(
      () =>
        is_own
          ? operate("changeProject", { id: project, check: command })
          : operate("changeRepository", { id: project, folder, check: command }),
      (result) => result.ok && refreshPage(),
    );
  function send(event: FormEvent): void {
    event.preventDefault();
    if (!form.pending) confirm(typed);
  }
  return (
    <Section id={`check-${folder}`} title={`How is ${isSeveral ? folder : "it"} shown to work?`} className="mb-6">
      <p className="py-2 text-ink-2">{askOf(found)}</p>
      {found.checks.length > 0 ? (
        <ul
          className="mb-3 *:border-line *:border-b"
          aria-label={isSeveral ? `Found commands of ${folder}` : "Found commands"}
        >
          {found.checks.map(({ command, from }) => (
            <li key={command} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1.5">
              <code className="wrap-anywhere min-w-0">{command}</code>
              <span className="text-ink-3 text-small">{from}</span>
              {mayChange ? (
                <Button className="ml-auto" disabled={form.pending} onClick={() => confirm(command)}>
                  Use this<span className="sr-only">: {command}</span>
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
      {mayChange ? (
        <form {...form.props} className="grid gap-2" onSubmit={send}>
          <Field form={form} name="check" label="Another command">
            <input
              {...form.register("check")}
              type="text"
              className="font-mono"
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onChange={({ target }) => setTyped(target.value)}
            />
          </Field>
          <Refusal outcome={form.rest} />
          <Button type="submit" className="justify-self-start" disabled={form.pending}>
            Use it
          </Button>
        </form>
      ) : null}
    </Section>
  );
}

function askOf({ checks, kinds, is_empty }: Project["found"]): string {
  if (is_empty) return "The repository is empty. Name the command that will show that it works.";
  if (checks.length === 1) return "Its files say this command. Nothing was run; it counts once you confirm it.";
  if (checks.length > 1) return "Its files say several commands. Nothing was run; choose the one that counts.";
  const what = kinds.length > 0 ? ` in this repository (${kinds.join(", ")})` : "";
  return `No command was found${what}. Name the one that shows that it works.`;
}
