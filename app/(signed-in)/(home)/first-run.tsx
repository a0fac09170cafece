"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { submitTree } from "@/app/actions/submit";
import { TwoColumns } from "@/components/layout/columns";
import { FolderPicker } from "@/components/pickers/folder-picker";
import { useFolder } from "@/components/pickers/use-folder";
import { Hint } from "@/components/ui/hint";
import { useAction } from "@/components/ui/hooks/use-action";
import { Card } from "@/components/ui/page/card";
import { Button, Say } from "@/components/ui/parts";
import { useRights } from "@/components/ui/rights";
import type { ListedProvider } from "@/core/shapes/providers";
import type { Choices } from "./composer/composer";
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
  const router = useRouter();
  const [runbook, setRunbook] = useState(choices.runbooks[0]?.name ?? "");
  const [workspace, setWorkspace] = useState(".");
  const [problem, setProblem] = useState<string | null>(null);
  const { pending, run } = useAction();

  function send(event: FormEvent): void {
    event.preventDefault();
    run(
      async () => {
        const task = `Run the runbook ${runbook} in ${workspace.trim() || "a fresh folder"}`;
        const result = await submitTree({ task, runbook, workspace: workspace.trim() || undefined });
        if (!result.ok) return result;
        router.push(`/trees/${result.treeId}`);
        return { ok: true, sentence: "" };
      },
      (outcome) => setProblem(outcome.ok ? null : outcome.sentence),
    );
  }

  return (
    <Card as="section" className="self-stretch" aria-labelledby="runbook">
      <h2 id="runbook">Run a runbook now</h2>
      <p className="text-ink-2">
        A runbook follows fixed steps. It costs nothing, and shows how a tree grows and checks its result.
      </p>
      <form onSubmit={send}>
        <RunbookChoice runbooks={choices.runbooks} chosen={runbook} choose={setRunbook} />
        <WorkspaceField workspace={workspace} choose={setWorkspace} />
        <div className="mt-4 flex flex-wrap items-center gap-2">
          <Button type="submit" look="primary" disabled={pending || !runbook} hint="↵">
            Start the runbook
          </Button>
        </div>
        {problem ? (
          <Say look="bad" role="alert" className="mt-3">
            {problem}
          </Say>
        ) : null}
      </form>
    </Card>
  );
}

const STACKED = "[&>label]:mb-1 [&>label]:block [&>label]:text-small [&>label]:font-medium [&>label]:text-ink-2";

/** The folder that the runbook works on: at first the one in which the server was started. */
function WorkspaceField({ workspace, choose }: { workspace: string; choose: (folder: string) => void }) {
  const folder = useFolder(workspace);
  return (
    <div className={STACKED}>
      <FolderPicker
        id="first-workspace"
        label="Workspace: a folder on this machine"
        value={folder?.path ?? workspace}
        choose={choose}
        beside={folder?.git?.branch ? `branch ${folder.git.branch}` : null}
        isWrong={Boolean(folder?.problem)}
        describedBy="first-workspace-says"
      />
      <div id="first-workspace-says" role="status">
        {folder?.problem ? <Hint isBad>{folder.problem}</Hint> : <Hint>{folder?.path}</Hint>}
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
