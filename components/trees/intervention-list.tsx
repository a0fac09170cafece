import Link from "next/link";
import { Fold } from "@/components/text/fold";
import { LongText } from "@/components/text/long-text";
import { uniqueKeys } from "@/components/ui/hooks/unique-keys";
import { Clock } from "@/components/ui/time";
import type { Intervention } from "@/core/shapes/shapes";
import { sentence } from "@/core/words/sentence";
import { messageAddress } from "./message-address";

export const ACTIONS: Record<Intervention["action"], string> = {
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
  /** Titles of the tasks by id, for a list about several tasks. */
  titles?: ReadonlyMap<string, string>;
  /** What happened to the tasks afterwards, in a few words, by task id. */
  became?: ReadonlyMap<string, string>;
}

/** The supervisor's interventions, newest first. They look quiet, because nobody has to respond to them. */
export function InterventionList({ interventions, titles, became }: InterventionListProps) {
  const keys = uniqueKeys(interventions.map((one) => `${one.created_at} ${one.task_id} ${one.rule}`));
  return (
    <ul className="*:border-b *:border-line">
      {interventions.map((one, index) => (
        <li
          key={keys[index]}
          className="grid grid-cols-[56px_minmax(0,1fr)_120px] items-baseline gap-x-3 gap-y-1 py-2 phone:grid-cols-[minmax(0,1fr)]"
          data-testid="deed"
        >
          <span className="text-small whitespace-nowrap text-ink-3">
            <Clock at={one.created_at} />
          </span>
          <div className="min-w-0">
            <b>{ACTIONS[one.action]}</b>
            {titles ? (
              <>
                {" "}
                <Link className="link" href={`/trees/${one.tree_id}${messageAddress(one.task_id, one.seq)}`}>
                  {titles.get(one.task_id) ?? "a task"}
                </Link>
              </>
            ) : null}
            {": "}
            <Evidence text={one.evidence} />
          </div>
          <span className="text-small whitespace-nowrap text-ink-3" title="Rule that triggered it">
            {ruleWords(one.rule)}
            {became?.has(one.task_id) ? <span className="block">{became.get(one.task_id)}</span> : null}
          </span>
        </li>
      ))}
    </ul>
  );
}

export function ruleWords(rule: string): string {
  return rule === "supervisor" ? "supervisor's decision" : rule.replaceAll("_", " ");
}

function Evidence({ text }: { text: string }) {
  if (text.length <= SHOWN_CHARACTERS) return <span className="wrap-anywhere text-ink-2">{sentence(text)}</span>;
  return (
    <Fold line={<span className="min-w-0 flex-auto truncate text-ink-2">{text.slice(0, SHOWN_CHARACTERS)}</span>}>
      <LongText look="folded" text={text} />
    </Fold>
  );
}
