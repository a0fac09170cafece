"use client";

import { type FormEvent, useEffect, useState } from "react";
import type { Choices } from "@/app/(signed-in)/(home)/composer/fields-props";
import { submitTree } from "@/app/actions/submit";
import { useGo } from "@/components/going/use-go";
import { TwoColumns } from "@/components/layout/columns";
import { FolderPicker } from "@/components/pickers/folder-picker";
import { useFolder } from "@/components/pickers/use-folder";
import { Hint } from "@/components/ui/hint";
import { useAction } from "@/components/ui/hooks/use-action";
import { useOnce } from "@/components/ui/hooks/use-once";
import { Refusal } from "@/components/ui/outcome-line";
import { Card } from "@/components/ui/page/card";
import { Button } from "@/components/ui/parts";
import { useRights } from "@/components/ui/rights";
import type { FoundFolder } from "@/core/shapes/folders";
import type { ListedProvider } from "@/core/shapes/providers";
import { runbookTitle } from "./composer/runbook-title";
import { ConnectModel } from "./connect-model";

interface FirstRunProps {
  choices: Choices;
  providers: ListedProvider[];
  defaultModel: string;
}

/** Home before the first tree and without a model: a runbook to start, and a form that connects a model. */
export function FirstRun({ choices, providers, defaultModel }: FirstRunProps) {
  return (
    <TwoColumns>
      {useRights().run === null ? <RunbookCard choices={choices} /> : null}
      <ConnectModel providers={providers} defaultModel={defaultModel} />
    </TwoColumns>
  );
}

function RunbookCard({ choices }: { choices: Choices }) {
  const go = useGo();
  const [runbook, setRunbook] = useState(choices.runbooks[0]?.name ?? "");
  const [workspace, setWorkspace] = useState(".");
  const folder = useFolder(workspace);
  const { pending, outcome, run, say } = useAction();
  const once = useOnce();
  const { refusal } = outcome ?? {};
  const isPlace = refusal?.code === "wrong_field" && refusal.field === "workspace";

  function send(event: FormEvent): void {
    event.preventDefault();
    run(async () => {
      const task = runbookTitle(runbook, folder?.path ?? workspace);
      const place = { workspace: workspace.trim() || undefined, ...(folder?.only_copy && { copy: true }) };
      const submission = { task, runbook, ...place };
      const result = await once(submission, (key) => submitTree(submission, key));
      if (!result.ok) return result;
      go.after.push(`/trees/${result.treeId}`);
      return { ok: true, sentence: "" };
    });
  }
  function choosePlace(folder: string): void {
    setWorkspace(folder);
    say(null);
  }

  return (
    <Card as="section" className="self-stretch" aria-labelledby="runbook">
      <h2 id="runbook">Run a runbook now</h2>
      <p className="text-ink-2">
        A runbook follows fixed steps. It costs nothing, and shows how a tree grows and checks its result.
      </p>
      <form onSubmit={send}>
        <RunbookChoice runbooks={choices.runbooks} chosen={runbook} choose={setRunbook} />
        <WorkspaceField
          workspace={workspace}
          folder={folder}
          choose={choosePlace}
          refusal={isPlace ? (outcome?.sentence ?? null) : null}
        />
        <div className="mt-4 flex flex-wrap items-center gap-2">
          <Button type="submit" look="primary" disabled={pending || !runbook} hint="↵">
            Start the runbook
          </Button>
        </div>
        <Refusal outcome={isPlace ? null : outcome} />
      </form>
    </Card>
  );
}

const STACKED = "[&>label]:mb-1 [&>label]:block [&>label]:text-small [&>label]:font-medium [&>label]:text-ink-2";

interface WorkspaceFieldProps {
  workspace: string;
  /** null: nothing is known of it yet. */
  folder: FoundFolder | null;
  choose: (folder: string) => void;
  /** Why the server refused the folder. */
  refusal: string | null;
}

/** The folder that the runbook works on: at first the one in which the server was started. */
function WorkspaceField({ workspace, folder, choose, refusal }: WorkspaceFieldProps) {
  const fault = refusal ?? folder?.problem;
  useEffect(() => {
    if (refusal) document.getElementById("first-workspace")?.focus();
  }, [refusal]);
  return (
    <div className={STACKED}>
      <FolderPicker
        id="first-workspace"
        label="Workspace: a folder on this machine"
        value={folder?.path ?? workspace}
        choose={choose}
        beside={folder?.git?.branch ? `branch ${folder.git.branch}` : null}
        isWrong={Boolean(fault)}
        describedBy="first-workspace-says"
      />
      <div id="first-workspace-says" role="status">
        {fault ? <Hint isBad>{fault}</Hint> : <Hint>{folder?.path}</Hint>}
        {folder?.only_copy ? <Hint>Works in a copy, because the server cannot write to this folder.</Hint> : null}
      </div>
    </div>
  );
}

interface RunbookChoiceProps {
  runbooks: Choices["runbooks"];
  chosen: string;
  choose: (name: string) => void;
}

function RunbookChoice({ runbooks, chosen, choose }: RunbookChoiceProps) {
  return (
    <ul className="my-3">
      {runbooks.map(({ name, description }) => (
        <li key={name}>
          <label className="flex min-w-0 items-start gap-2 py-1.5">
            <input
              type="radio"
              name="runbook"
              className="mt-[3px]"
              checked={name === chosen}
              onChange={() => choose(name)}
            />
            <span>
              <b>{name}</b>
              <br />
              <span className="text-ink-2">{description}</span>
            </span>
          </label>
        </li>
      ))}
    </ul>
  );
}
