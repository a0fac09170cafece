import { useState } from "react";
import { operate } from "@/app/operate";
import { usePolled } from "@/components/http/use-polled";
import { FoldMark } from "@/components/ui/fold-mark";
import { Hint } from "@/components/ui/hint";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { useOpened } from "@/components/ui/hooks/use-opened";
import { keyed } from "@/components/ui/keyed";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Section } from "@/components/ui/page/section";
import { Button, Separator } from "@/components/ui/parts";
import { RemovalDialog } from "@/components/ui/removal-dialog";
import { StatusWord } from "@/components/ui/status";
import { Clock } from "@/components/ui/time";
import type { Infrastructure } from "@/core/shapes/environments/infrastructure";
import {
  type Promotion,
  type PromotionsOfProject,
  SETTLED,
  type Target,
  UNDECIDED,
  UNDER_WAY,
} from "@/core/shapes/environments/promotions";
import { infrastructureLines } from "@/core/words/environments/infrastructure";
import { contractSentence, formerVersion, PROMOTION_WORDS } from "@/core/words/environments/promotions";
import { withoutDisguise } from "@/core/words/visible";
import { LogDialog } from "./log-dialog";

const POLL_MS = 2_000;
/** Settled promotions that are shown at first. */
const FEW = 10;

interface PromotionsProps {
  project: string;
  start: PromotionsOfProject;
  mayPromote: boolean;
  mayDecide: boolean;
}

/** Where commits go, what is there, and what waits for an approval. */
export function Promotions({ project, start, mayPromote, mayDecide }: PromotionsProps) {
  const { value, again } = usePolled(`projects/${encodeURIComponent(project)}/promotions`, start, POLL_MS);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [isWhole, setWhole] = useState(false);
  const { targets, promotions, promotions_total: total } = value;
  const few = new Set(promotions.filter(({ state }) => SETTLED.includes(state)).slice(0, FEW));
  const shown = isWhole ? promotions : promotions.filter((one) => !SETTLED.includes(one.state) || few.has(one));
  const done = (result: Outcome) => {
    setOutcome(result);
    void again();
  };
  return (
    <Section id="targets" title="Targets" className="mt-6!">
      {targets.length === 0 ? (
        <p className="max-w-150 text-ink-2">
          Commits of {project} go nowhere yet. An admin sets a target:{" "}
          <code className="wrap-anywhere">{`npx banyan service target ${project} production --deploy "make deploy"`}</code>
        </p>
      ) : (
        <ul aria-label="Targets" className="*:border-line *:border-b">
          {targets.map((target) => (
            <TargetRow key={target.name} project={project} target={target} mayPromote={mayPromote} onDone={done} />
          ))}
        </ul>
      )}
      <OutcomeLine outcome={outcome} isQuiet />
      {promotions.length === 0 ? null : (
        <ul aria-label="Promotions" className="mt-4 *:border-line *:border-b">
          {shown.map((promotion) => (
            <PromotionRow key={promotion.id} promotion={promotion} mayDecide={mayDecide} onDone={done} />
          ))}
        </ul>
      )}
      {promotions.length > shown.length || isWhole ? (
        <Button look="quiet" className="mt-1" onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show fewer" : `Show ${promotions.length < total ? `${promotions.length} of` : "all"} ${total}`}
        </Button>
      ) : null}
    </Section>
  );
}

interface TargetRowProps {
  project: string;
  target: Target;
  mayPromote: boolean;
  onDone: (outcome: Outcome) => void;
}

function TargetRow({ project, target, mayPromote, onDone }: TargetRowProps) {
  const { name, commit, perhaps, since, deploy, smoke } = target;
  const version = commit ?? perhaps;
  const { pending, outcome, run } = useAction();
  const ask = (what: "promote" | "rollback") => () =>
    pending ||
    run(
      () => operate(what, { id: project, target: name }),
      (result) => result.ok && onDone(result),
    );
  return (
    <li data-target={name}>
      <div className="-mx-2 grid gap-1 rounded-sm px-2 py-2.5" data-row tabIndex={-1}>
        <span className="font-medium">{name}</span>
        <p className="wrap-anywhere text-ink-2">
          {version === null || since === null ? (
            "has nothing of Banyan’s yet"
          ) : (
            <>
              has {commit === null ? "an unknown version, perhaps " : ""}
              <code>{version.slice(0, 7)}</code> since <Clock at={since} />
            </>
          )}
          <Separator />
          <code>{withoutDisguise(deploy)}</code>
        </p>
        {smoke === null ? (
          <p className="text-ink-2">No smoke test is set, so nothing shows that a new version works.</p>
        ) : null}
        {mayPromote ? (
          <div className="mt-1 flex flex-wrap gap-2">
            <Button aria-disabled={pending} onClick={ask("promote")}>
              Promote the newest commit<span className="sr-only"> to {name}</span>
            </Button>
            {version === null ? null : (
              <Button look="quiet" aria-disabled={pending} onClick={ask("rollback")}>
                Roll back
              </Button>
            )}
          </div>
        ) : null}
        <OutcomeLine outcome={outcome?.ok ? null : outcome} />
      </div>
    </li>
  );
}

interface PromotionRowProps {
  promotion: Promotion;
  mayDecide: boolean;
  onDone: (outcome: Outcome) => void;
}

function PromotionRow({ promotion, mayDecide, onDone }: PromotionRowProps) {
  const {
    id,
    target,
    kind,
    state,
    why,
    commit,
    former,
    plan,
    contract,
    infrastructure,
    asked_by,
    decided_by,
    changed_at,
  } = promotion;
  const { word, status } = PROMOTION_WORDS[state];
  const { opened, open, close } = useOpened<"log">();
  return (
    <li data-promotion={id}>
      <div className="-mx-2 grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 rounded-sm px-2 py-2.5" data-row tabIndex={-1}>
        <span className="wrap-anywhere min-w-0 font-medium">
          {kind === "rollback" ? "Roll back " : ""}
          {target}
          {commit === null ? null : (
            <>
              {" "}
              to <code>{commit.slice(0, 7)}</code>
            </>
          )}
        </span>
        <StatusWord status={status}>{word}</StatusWord>
        <p className="wrap-anywhere col-span-full min-w-0 text-ink-2">
          {former === null ? "nothing of Banyan’s before" : `${former.slice(0, 7)} before`}
          <Separator />
          asked by {withoutDisguise(asked_by)}
          {decided_by === null ? "" : `, decided by ${withoutDisguise(decided_by)}`}
          <Separator />
          <Clock at={changed_at} />
        </p>
        {why === null ? null : (
          <p className={`wrap-anywhere col-span-full min-w-0 ${status === "failed" ? "text-fail" : "text-ink-2"}`}>
            {withoutDisguise(why)}
          </p>
        )}
        <ContractLines contract={contract} target={target} />
        {infrastructure === null ? null : <InfrastructureLines found={infrastructure} isOpen={state === "asked"} />}
        {plan === null ? null : (
          <details className="group/plan col-span-full mt-1" open={state === "asked"}>
            <summary className="flex cursor-pointer items-center gap-1.5 text-ink-2">
              <FoldMark />
              Plan
            </summary>
            <pre className="mt-1 rounded-control bg-code p-3 whitespace-pre-wrap wrap-anywhere">
              {withoutDisguise(plan)}
            </pre>
          </details>
        )}
        <div className="col-span-full mt-2 flex flex-wrap items-center gap-2">
          {UNDECIDED.includes(state) && mayDecide ? <Decide promotion={promotion} onDone={onDone} /> : null}
          {UNDER_WAY.includes(state) && mayDecide ? <Stop promotion={promotion} onDone={onDone} /> : null}
          <Button look="quiet" onClick={() => open("log")}>
            Log<span className="sr-only"> of this promotion</span>
          </Button>
        </div>
        {opened === "log" ? <LogDialog of="promotions" id={id} name={target} onClosed={close} /> : null}
      </div>
    </li>
  );
}

function ContractLines({ contract, target }: Pick<Promotion, "contract" | "target">) {
  const text = contractSentence(contract, target);
  if (text === null || contract === null) return null;
  const { breaking, not_compared } = contract;
  const isAtRisk = breaking.length > 0 || not_compared !== null;
  return (
    <div className={`col-span-full mt-1 min-w-0 ${isAtRisk ? "text-wait" : "text-ink-2"}`}>
      <p className="wrap-anywhere">{withoutDisguise(text)}</p>
      {breaking.length === 0 ? null : (
        <ul className="mt-1 list-disc pl-5">
          {keyed(breaking, String).map(([key, one]) => (
            <li key={key} className="wrap-anywhere">
              {withoutDisguise(one)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** What stands with what is approved: nothing is said of a fault-free commit but that its files were read. */
function InfrastructureLines({ found, isOpen }: { found: Infrastructure; isOpen: boolean }) {
  const [count = "", ...lines] = infrastructureLines(found);
  if (lines.length === 0) return <p className="col-span-full mt-1 text-ink-2">{count}</p>;
  return (
    <details className="group/plan col-span-full mt-1 min-w-0" open={isOpen}>
      <summary className={`flex cursor-pointer items-center gap-1.5 ${toneOf(found)}`}>
        <FoldMark />
        {count}
      </summary>
      <ul aria-label="Infrastructure files" className="mt-1 list-disc pl-5 text-ink-2">
        {keyed(lines, String).map(([key, line]) => (
          <li key={key} className="wrap-anywhere">
            {withoutDisguise(line)}
          </li>
        ))}
      </ul>
    </details>
  );
}

function toneOf({ errors, warnings, not_checked }: Infrastructure): string {
  if (errors.length > 0) return "text-fail";
  return warnings.length > 0 || not_checked.length > 0 ? "text-wait" : "text-ink-2";
}

function Decide({ promotion: { id, target, commit, plan, state }, onDone }: Omit<PromotionRowProps, "mayDecide">) {
  const { pending, outcome, run } = useAction();
  const { opened, open, close } = useOpened<"reject">();
  const approve = () =>
    pending ||
    run(
      () => operate("approvePromotion", { id }),
      (result) => result.ok && onDone(result),
    );
  return (
    <>
      {state === "asked" ? (
        <Button look="primary" aria-disabled={pending} onClick={approve}>
          Approve
        </Button>
      ) : null}
      <Button onClick={() => open("reject")}>Reject…</Button>
      {state === "asked" && plan === null ? (
        <Hint className="m-0!">No plan is set: what is approved is the commit.</Hint>
      ) : null}
      <OutcomeLine outcome={outcome?.ok ? null : outcome} />
      {opened === "reject" ? (
        <RemovalDialog
          title={`Reject ${commit?.slice(0, 7) ?? "the newest commit"} for ${target}?`}
          button="Reject"
          remove={() => operate("rejectPromotion", { id })}
          onClosed={close}
          onDone={(result, dismiss) => {
            dismiss();
            onDone(result);
          }}
        >
          <p className="mt-2 text-ink-2">Nothing changes at {target}. The same commit can be promoted again.</p>
        </RemovalDialog>
      ) : null}
    </>
  );
}

function Stop({ promotion, onDone }: Omit<PromotionRowProps, "mayDecide">) {
  const { id, target } = promotion;
  const { opened, open, close } = useOpened<"stop">();
  return (
    <>
      <Button onClick={() => open("stop")}>Stop…</Button>
      {opened === "stop" ? (
        <RemovalDialog
          title={`Stop the promotion to ${target}?`}
          button="Stop"
          remove={() => operate("stopPromotion", { id })}
          onClosed={close}
          onDone={(result, dismiss) => {
            dismiss();
            onDone(result);
          }}
        >
          <p className="mt-2 text-ink-2">
            The command that runs is ended, and {formerVersion(promotion)} is brought back.
          </p>
        </RemovalDialog>
      ) : null}
    </>
  );
}
