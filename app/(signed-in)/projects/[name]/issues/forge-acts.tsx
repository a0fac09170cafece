"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { useAction } from "@/components/ui/hooks/use-action";
import { useOpened } from "@/components/ui/hooks/use-opened";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { RemovalDialog } from "@/components/ui/removal-dialog";
import type { ForgeOfProject } from "@/core/shapes/forges";
import { forgeWords, tokenSecretOf } from "@/core/words/projects";
import { LinkForge } from "./link-forge";
import type { NewHook } from "./new-hook";

export interface ForgeRights {
  /** May link, resume, change and unlink. */
  mayLink: boolean;
  /** May look and pause. */
  mayRun: boolean;
}

interface ForgeActsProps extends ForgeRights {
  project: string;
  forge: ForgeOfProject;
  again: () => Promise<void>;
  /** Its webhook has a new secret. */
  onHook: (hook: NewHook) => void;
}

/** What a person may do with the link of a project. */
export function ForgeActs({ project, forge, mayLink, mayRun, again, onHook }: ForgeActsProps) {
  const { pending, outcome, run } = useAction();
  const { opened, open, close } = useOpened<"change" | "unlink">();
  const { kind, host, path, paused } = forge;
  const pulls = `${forgeWords(kind).pull}s`;
  /** The last look before a button was pressed: the next one shows on the page. */
  const [before, setBefore] = useState(forge.looked_at);
  const act = (name: "lookAtForge" | "pauseForge" | "resumeForge") => {
    if (pending) return;
    setBefore(forge.looked_at);
    run(
      () => operate(name, { id: project }),
      () => void again(),
    );
  };
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        {mayRun && !paused ? (
          <>
            <Button aria-disabled={pending} onClick={() => act("lookAtForge")}>
              Look now
            </Button>
            <Button aria-disabled={pending} onClick={() => act("pauseForge")}>
              Pause
            </Button>
          </>
        ) : null}
        {mayLink && paused ? (
          <Button aria-disabled={pending} onClick={() => act("resumeForge")}>
            Resume
          </Button>
        ) : null}
        {mayLink ? (
          <>
            <Button look="quiet" onClick={() => open("change")}>
              Change link…
            </Button>
            <Button look="quiet" onClick={() => open("unlink")}>
              Unlink…
            </Button>
          </>
        ) : null}
      </div>
      <OutcomeLine outcome={outcome} isQuiet={paused !== null || before !== forge.looked_at} />
      {opened === "change" ? (
        <LinkForge
          project={project}
          title={`Change the link with ${host}`}
          kind={kind}
          secret={tokenSecretOf(host)}
          before={forge}
          onClosed={close}
          onLinked={(hook) => {
            close();
            if (hook !== null) onHook(hook);
          }}
        />
      ) : null}
      {opened === "unlink" ? (
        <RemovalDialog
          title={`Unlink ${host}/${path}?`}
          button="Unlink"
          remove={() => operate("unlinkForge", { id: project })}
          onClosed={close}
          onDone={(_, dismiss) => {
            dismiss();
            refreshPage();
          }}
        >
          <p className="mt-2 text-ink-2">
            Issues no longer become work, and {pulls} are no longer followed. Trees and {pulls} stay. The secret of the
            webhook is deleted; the token stays.
          </p>
        </RemovalDialog>
      ) : null}
    </>
  );
}
