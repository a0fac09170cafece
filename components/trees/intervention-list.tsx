import Link from "next/link";
import type { Intervention } from "@/agents/core/shapes";
import { LongText } from "@/components/text/long-text";
import { Icon } from "@/components/ui/icon";
import { Clock } from "@/components/ui/time";
import { uniqueKeys } from "@/components/ui/unique-keys";
import { sentence } from "./sentence";

const ACTIONS: Record<Intervention["action"], string> = {
  nudge: "Nudged",
  extend: "Given more time",
  restart: "Restarted",
  replace: "Replaced",
  stop: "Stopped",
  flag: "Flagged",
  asked: "Asked about",
  none: "Left alone",
};

/** Longer evidence is folded. */
const SHOWN_CHARACTERS = 240;

interface InterventionListProps {
  interventions: readonly Intervention[];
  /** What the tasks are called, where the list is about more than one of them. */
  titles?: ReadonlyMap<string, string>;
}

/** What the supervisor did, the newest first: quiet lines, since nobody must do anything about them. */
export function InterventionList({ interventions, titles }: InterventionListProps) {
  const keys = uniqueKeys(interventions.map((one) => `${one.created_at} ${one.task_id} ${one.rule}`));
  return (
    <ul className="rows quiet">
      {interventions.map((one, index) => (
        <li key={keys[index]} className="deed">
          <span className="small faint nowrap">
            <Clock at={one.created_at} />
          </span>
          <div className="min-w-0">
            <b>{ACTIONS[one.action]}</b>
            {titles ? (
              <>
                {" "}
                <Link className="link" href={`/trees/${one.tree_id}?task=${one.task_id}`}>
                  {titles.get(one.task_id) ?? "a task"}
                </Link>
              </>
            ) : null}
            {": "}
            <Evidence text={one.evidence} />
          </div>
          <span className="small faint nowrap" title="The rule that found it">
            {one.rule === "supervisor" ? "its own decision" : one.rule.replaceAll("_", " ")}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Evidence({ text }: { text: string }) {
  if (text.length <= SHOWN_CHARACTERS) return <span className="dim wrapany">{sentence(text)}</span>;
  return (
    <details className="tool">
      <summary>
        <Icon name="chev" className="i tw" />
        <span className="cut dim grow">{text.slice(0, SHOWN_CHARACTERS)}</span>
      </summary>
      <LongText text={text} />
    </details>
  );
}
