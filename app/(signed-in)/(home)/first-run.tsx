"use client";

import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import type { Choices } from "@/app/(signed-in)/(home)/composer/fields-props";
import { submitTree } from "@/app/actions/submit";
import { useGo } from "@/components/going/use-go";
import { FolderPicker } from "@/components/pickers/folder-picker";
import { LastHere } from "@/components/pickers/last-here";
import { useFolder } from "@/components/pickers/use-folder";
import { Hint } from "@/components/ui/hint";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { useOnce } from "@/components/ui/hooks/use-once";
import { Refusal } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { useRights } from "@/components/ui/rights";
import type { FoundFolder } from "@/core/shapes/folders";
import type { ListedProvider } from "@/core/shapes/installation/providers";
import { ONLY_COPY } from "@/core/words/refused-folder";
import { runbookTitle } from "./composer/runbook-title";
import { ConnectModel } from "./connect-model";
import { SampleStep } from "./start/sample-step";
import { Step } from "./start/step";
import type { StopBy } from "./start/stop-box";
import { useSample } from "./start/use-sample";

interface FirstRunProps {
  choices: Choices;
  /** The folder that the address chooses; "": none. */
  workspace: string;
  /** The folder that is offered without a choice; "": none. */
  startFolder: string;
  providers: ListedProvider[];
  defaultModel: string;
  /** The newest run of the sample; null: there is none. */
  sample: string | null;
  /** The sample was started, and the page has not seen its tree yet. */
  isStarted: boolean;
  stopBy: StopBy;
  onSample: (treeId: string) => void;
}

/** Home without a model, before a tree of the person's own: the sample, a runbook, and a form that connects a model. */
export function FirstRun({ choices, providers, defaultModel, ...sample }: FirstRunProps) {
  return (
    <div className="grid max-w-270 grid-cols-[minmax(0,1fr)_304px] items-start gap-x-8 gap-y-4 narrow:grid-cols-1">
      {useRights().run === null ? <Steps choices={choices} {...sample} /> : null}
      <ConnectModel providers={providers} defaultModel={defaultModel} />
    </div>
  );
}

type StepsProps = Pick<
  FirstRunProps,
  "choices" | "workspace" | "startFolder" | "sample" | "isStarted" | "stopBy" | "onSample"
>;

function Steps({ choices, workspace, startFolder, sample, isStarted, stopBy, onSample }: StepsProps) {
  const { run, awaySinceMs } = useSample(sample);
  const hasEnded = run !== null && run.tree.ended_at !== null;
  return (
    <section aria-labelledby="start" className="min-w-0">
      <h2 id="start" className="text-[24px]! leading-8! tracking-tight phone:text-[20px]! phone:leading-7!">
        Watch it work before you set anything up
      </h2>
      <p className="mt-1 mb-6 max-w-160 text-read text-ink-2">
        Banyan splits a task into a tree of smaller ones, asks you when it must, and shows with commands that its result
        holds. The sample takes about a minute.
      </p>
      <SampleStep
        run={run}
        awaySinceMs={awaySinceMs}
        isStarted={isStarted}
        isKnown={sample !== null}
        stopBy={stopBy}
        onStart={onSample}
      />
      <Step number={2} title="Now on your folder" state={hasEnded ? "now" : "later"}>
        <RunbookForm choices={choices} start={workspace || startFolder} isNow={hasEnded} isNamed={workspace !== ""} />
      </Step>
      <Step number={3} title="Say what you want, in your words" state="later" isLast>
        <p className="text-ink-2">
          From then on Home begins with one line. Agents plan, work and check; for that they need a model.
        </p>
      </Step>
    </section>
  );
}

const SURVEY = "repository-survey";

interface RunbookFormProps {
  choices: Choices;
  /** The folder at first. */
  start: string;
  /** It is the step that the page leads to. */
  isNow: boolean;
  /** The person came with this folder. */
  isNamed: boolean;
}

const NO_FOLDER: Outcome = {
  ok: false,
  sentence: "Choose a folder first.",
  refusal: { code: "wrong_field", field: "workspace" },
};

function RunbookForm({ choices, start, isNow, isNamed }: RunbookFormProps) {
  const go = useGo();
  const [runbook, setRunbook] = useState(choices.runbooks[0]?.name ?? "");
  const [workspace, setWorkspace] = useState(start);
  const folder = useFolder(workspace);
  const { pending, outcome, run, say } = useAction();
  const once = useOnce();
  const [isChosen, setChosen] = useState(isNamed);
  const { refusal } = outcome ?? {};
  const isPlace = refusal?.code === "wrong_field" && refusal.field === "workspace";

  function send(event: FormEvent): void {
    event.preventDefault();
    if (!workspace.trim()) {
      say(NO_FOLDER);
      return;
    }
    run(async () => {
      const task = runbookTitle(runbook, folder?.path ?? workspace);
      const place = { workspace: workspace.trim(), ...(folder?.only_copy && { copy: true }) };
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

  const says = (
    <p className="text-ink-2">
      The same kind of tree on your own repository, still without a model. A survey reads and counts, writes one report,
      repository-survey.md, and changes nothing else.
    </p>
  );
  // The page leads to one step at a time. Who wants this one first opens it.
  if (!isNow && !isChosen)
    return (
      <>
        {says}
        <Button className="mt-2" onClick={() => setChosen(true)}>
          Choose a folder
        </Button>
      </>
    );
  return (
    <>
      {says}
      <form onSubmit={send}>
        <RunbookChoice runbooks={choices.runbooks} chosen={runbook} choose={setRunbook} />
        <WorkspaceField
          workspace={workspace}
          folder={folder}
          choose={choosePlace}
          refusal={isPlace ? (outcome?.sentence ?? null) : null}
        >
          <Button type="submit" look={isNow ? "primary" : "plain"} disabled={pending || !runbook} hint="↵">
            {runbook === SURVEY ? "Survey my folder" : "Start the runbook"}
          </Button>
        </WorkspaceField>
        <Refusal outcome={isPlace ? null : outcome} />
      </form>
    </>
  );
}

const STACKED = "[&>label]:mb-1 [&>label]:block [&>label]:text-small [&>label]:font-medium [&>label]:text-ink-2";

interface WorkspaceFieldProps {
  workspace: string;
  /** null: not known yet. */
  folder: FoundFolder | null;
  choose: (folder: string) => void;
  /** Why the server refused the folder. */
  refusal: string | null;
  /** The button beside it. */
  children: ReactNode;
}

/** The folder that the runbook works on. */
function WorkspaceField({ workspace, folder, choose, refusal, children }: WorkspaceFieldProps) {
  const fault = refusal ?? folder?.problem;
  useEffect(() => {
    if (refusal) document.getElementById("first-workspace")?.focus();
  }, [refusal]);
  return (
    <div className={STACKED}>
      <div className="flex items-end gap-2 phone:flex-wrap">
        <div className="min-w-0 flex-auto phone:basis-full">
          <FolderPicker
            id="first-workspace"
            label="Workspace: a folder on this machine"
            value={folder?.path ?? workspace}
            choose={choose}
            branch={folder?.git?.branch}
            isNeeded
            isWrong={Boolean(fault)}
            describedBy="first-workspace-says"
          />
        </div>
        {children}
      </div>
      <div id="first-workspace-says" role="status">
        {fault ? <Hint isBad>{fault}</Hint> : <Hint>{folder?.path}</Hint>}
        <LastHere tree={folder?.last_tree} />
        {folder?.only_copy_because ? <Hint>Works in a copy. {ONLY_COPY[folder.only_copy_because]}</Hint> : null}
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
