"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { useGo } from "@/components/going/use-go";
import { Facts } from "@/components/ui/facts";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import { RemovalDialog } from "@/components/ui/removal-dialog";
import { Clock } from "@/components/ui/time";
import type { Project } from "@/core/shapes/projects";
import { money, plural } from "@/core/words/figures";
import { missedText } from "@/core/words/plans/plans";
import { EditProject } from "./edit-project";

interface AboutProjectProps {
  project: Project;
  mayChange: boolean;
}

/** What a project is, and its figures; with buttons to change and remove it. */
export function AboutProject({ project, mayChange }: AboutProjectProps) {
  const [opened, setOpened] = useState<"edit" | "remove" | null>(null);
  const go = useGo();
  const { name, address, branch, check, setup, defaults, figures, estimates, schedules, created_by, created_at } =
    project;
  const { agent, model, cost_usd } = defaults;
  return (
    <Section
      id="about"
      title="About"
      className="mt-0! narrow:mt-6!"
      end={
        mayChange ? (
          <Button look="quiet" onClick={() => setOpened("edit")}>
            Change…
          </Button>
        ) : null
      }
    >
      <Facts className="py-2 [&_dd]:wrap-anywhere">
        <dt>Repository</dt>
        <dd>{address}</dd>
        <dt>Branch</dt>
        <dd>{branch ?? "its default branch"}</dd>
        <dt>Check</dt>
        <dd>{check ? <code title={`By ${check.by}`}>{check.command}</code> : "not confirmed"}</dd>
        {setup === null ? null : (
          <>
            <dt>Setup</dt>
            <dd>
              <code>{setup}</code>
            </dd>
          </>
        )}
        <dt>New tasks</dt>
        <dd>
          {[
            agent ?? "agent chosen",
            model ?? "default model",
            cost_usd === undefined ? "default cap" : money(cost_usd),
          ].join(", ")}
        </dd>
        <dt>{figures.days} days</dt>
        <dd>
          {plural(figures.trees, "tree")}, {figures.failed} failed, {money(figures.cost_usd)}
        </dd>
        {estimates === null ? null : (
          <>
            <dt>Estimates</dt>
            <dd title="How far units of plans were from their estimate: half of them were closer. Counted are the newest 500 that succeeded.">
              {missedText(estimates)}
            </dd>
          </>
        )}
        <dt>Schedules</dt>
        <dd>{schedules}</dd>
        <dt>Added</dt>
        <dd>
          <Clock at={created_at} /> by {created_by}
        </dd>
      </Facts>
      {mayChange ? (
        <Button look="quiet" onClick={() => setOpened("remove")}>
          Remove…
        </Button>
      ) : null}
      {opened === "edit" ? <EditProject project={project} onClosed={() => setOpened(null)} /> : null}
      {opened === "remove" ? (
        <RemovalDialog
          title={`Remove ${name}?`}
          button="Remove"
          remove={() => operate("removeProject", { id: name })}
          onClosed={() => setOpened(null)}
          onDone={(_, dismiss) => {
            dismiss();
            go.after.push("/projects");
          }}
        >
          <p>Its check and what new tasks take from it are forgotten. Its trees, schedules and files stay.</p>
        </RemovalDialog>
      ) : null}
    </Section>
  );
}
