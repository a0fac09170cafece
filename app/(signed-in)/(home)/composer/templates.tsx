"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { buttonLook } from "@/components/ui/button-look";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { Icon } from "@/components/ui/icon";
import { Popover } from "@/components/ui/menus/popover";
import { lazily } from "@/components/ui/page/lazily";
import type { Submission } from "@/core/shapes/submission";
import type { Template } from "@/core/shapes/trees";
import type { Problem } from "./draft";
import { readTemplates } from "./template-actions";

const TemplateList = lazily(() => import("./template-list").then((file) => file.TemplateList));

interface TemplatesProps {
  known: Template[];
  take: (template: Template) => void;
  /** Returns the composer's current content as a submission. */
  submission: () => { submission: Submission } | { problem: Problem };
  isEmpty: boolean;
}

/** Menu of templates: fill the composer from one, save the composer's content as one, delete one. */
export function Templates({ known, take, submission, isEmpty }: TemplatesProps) {
  const [templates, setTemplates] = useState(known);
  const { pending, outcome, run, say } = useAction();
  async function change(work: Promise<Outcome>): Promise<Outcome> {
    const result = await work;
    setTemplates(await readTemplates());
    return result;
  }
  return (
    <Popover
      label="Templates"
      button={{
        className: buttonLook("quiet", "px-1.5!"),
        title: "Templates",
        children: <Icon name="doc" label="Templates" />,
      }}
      className="max-h-[min(480px,var(--radix-popover-content-available-height))] w-80 overflow-y-auto"
      onOpenChange={() => say(null)}
    >
      {(_, leave) => (
        <TemplateList
          templates={templates}
          pending={pending}
          isEmpty={isEmpty}
          outcome={outcome}
          take={(template) => {
            // The composer takes the focus and selects the template's first gap.
            leave();
            take(template);
          }}
          remove={(name) => run(() => change(operate("removeTemplate", { id: name })))}
          save={async (name) => {
            const made = submission();
            if ("problem" in made) return { ok: false, sentence: made.problem.sentence };
            say(null);
            return change(operate("saveTemplate", { name, submission: made.submission }));
          }}
        />
      )}
    </Popover>
  );
}
