import { operate } from "@/app/operate";
import { buttonLook } from "@/components/ui/button-look";
import { FoldMark } from "@/components/ui/fold-mark";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { useOpened } from "@/components/ui/hooks/use-opened";
import { Icon } from "@/components/ui/icon";
import { keyed } from "@/components/ui/keyed";
import { Button, Separator } from "@/components/ui/parts";
import { RemovalDialog } from "@/components/ui/removal-dialog";
import { StatusWord } from "@/components/ui/status";
import { Clock } from "@/components/ui/time";
import { checksHold, type Environment, type EnvironmentChecks } from "@/core/shapes/environments/environments";
import { checkLines, STATE_WORDS } from "@/core/words/environments/environments";
import { withoutDisguise } from "@/core/words/visible";
import { CheckDialog } from "./check-dialog";
import { LogDialog } from "./log-dialog";

interface EnvironmentRowProps {
  environment: Environment;
  mayRun: boolean;
  onDone: (outcome: Outcome) => void;
}

/** An environment: what it shows, how it stands, and what a person does with it. */
export function EnvironmentRow({ environment, mayRun, onDone }: EnvironmentRowProps) {
  const { id, name, state, why, branch, commit, pull, open, ends_at, is_checking, checks } = environment;
  const { word, status } = STATE_WORDS[state];
  const canOpen = state !== "ending" && state !== "failed";
  return (
    <li data-environment={id}>
      <div className="-mx-2 grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 rounded-sm px-2 py-2.5" data-row tabIndex={-1}>
        <span className="wrap-anywhere min-w-0 font-medium">{name}</span>
        <StatusWord status={status}>{word}</StatusWord>
        <p className="wrap-anywhere col-span-full min-w-0 text-ink-2">
          {pull === null
            ? branch === null
              ? "the project’s branch"
              : withoutDisguise(branch)
            : `pull request ${pull}`}
          {commit === null ? null : (
            <>
              {" "}
              at <code>{commit.slice(0, 7)}</code>
            </>
          )}
          <Separator />
          ends <Clock at={ends_at} /> unless it is visited
        </p>
        {why === null ? null : (
          <p className={`wrap-anywhere col-span-full min-w-0 ${state === "failed" ? "text-fail" : "text-ink-2"}`}>
            {withoutDisguise(why)}
          </p>
        )}
        {is_checking ? <p className="col-span-full text-ink-2">It is being checked.</p> : null}
        {checks === null ? null : <Checks checks={checks} isOld={checks.commit !== commit} />}
        <div className="col-span-full mt-2 flex flex-wrap items-center gap-2">
          {canOpen ? (
            <a className={buttonLook()} href={open} target="_blank" rel="noreferrer noopener">
              <Icon name="globe" />
              Open<span className="sr-only"> {name}</span>
            </a>
          ) : null}
          <Acts environment={environment} mayRun={mayRun} onDone={onDone} />
        </div>
      </div>
    </li>
  );
}

function Acts({ environment, mayRun, onDone }: EnvironmentRowProps) {
  const { id, name, project, state, pull, commit, is_checking } = environment;
  const { pending, run } = useAction();
  const { opened, open, close } = useOpened<"check" | "log" | "end">();
  const again = () => run(() => operate("restartEnvironment", { id }), onDone);
  const canCheck = commit !== null && state !== "failed" && state !== "ending" && !is_checking;
  return (
    <>
      {mayRun && canCheck ? <Button onClick={() => open("check")}>Check…</Button> : null}
      {mayRun && state !== "ending" ? (
        <Button look="quiet" aria-disabled={pending} onClick={() => pending || again()}>
          {state === "failed" ? "Start again" : "Restart"}
        </Button>
      ) : null}
      <Button look="quiet" onClick={() => open("log")}>
        Log
      </Button>
      {mayRun && state !== "ending" ? (
        <Button look="quiet" onClick={() => open("end")}>
          End…
        </Button>
      ) : null}
      {opened === "check" ? <CheckDialog environment={environment} onClosed={close} onDone={onDone} /> : null}
      {opened === "log" ? <LogDialog id={id} name={name} onClosed={close} /> : null}
      {opened === "end" ? (
        <RemovalDialog
          title={`End ${name} of ${project}?`}
          button="End"
          remove={() => operate("endEnvironment", { id })}
          onClosed={close}
          onDone={(outcome, dismiss) => {
            dismiss();
            onDone(outcome);
          }}
        >
          <p className="mt-2 text-ink-2">
            Its files and its data are removed for good. The repository stays as it is.
            {pull === null ? "" : " While its pull request is open, it comes again: switch previews off first."}
          </p>
        </RemovalDialog>
      ) : null}
    </>
  );
}

function Checks({ checks, isOld }: { checks: EnvironmentChecks; isOld: boolean }) {
  const holds = checksHold(checks);
  const lines = checkLines(checks);
  return (
    <details className="group/checks col-span-full mt-1">
      <summary className="flex cursor-pointer items-center gap-1.5 text-ink-2">
        <FoldMark />
        <StatusWord status={holds ? "succeeded" : "failed"}>
          {holds ? "Checks hold" : "Checks do not hold, or not all was measured"}
        </StatusWord>
        <span className="text-ink-3">
          {isOld ? `of ${checks.commit.slice(0, 7)}, ` : ""}
          <Clock at={checks.at} />
        </span>
      </summary>
      <ul className="mt-1 grid gap-1 pl-5">
        {keyed(lines, String).map(([key, line]) => (
          <li key={key} className="wrap-anywhere whitespace-pre-wrap text-small text-ink-2">
            {withoutDisguise(line)}
          </li>
        ))}
      </ul>
    </details>
  );
}
