"use client";

import { useState } from "react";
import type { IconName } from "@/components/ui/icon";
import { Badge, type BadgeLook, Bar, Button } from "@/components/ui/parts";
import { Clock, Missing } from "@/components/ui/time";
import type { LimitLevel } from "@/core/log/limits";
import type { LimitState } from "@/core/shapes/limits";
import { ACTION_WORDS, LEVEL_WORDS, LIMIT_WORDS, limitAmount } from "@/core/words/spending/limits";
import { LimitForm } from "./limit-form";

const LOOKS: Record<LimitLevel, { look: BadgeLook; icon: IconName }> = {
  ok: { look: "good", icon: "succeeded" },
  notice: { look: "plain", icon: "info" },
  warning: { look: "you", icon: "tri" },
  limit: { look: "bad", icon: "tri" },
};

interface LimitRowProps {
  limit: LimitState;
  /** How many violations are the emergency stop. */
  violations: number;
  maySet: boolean;
  again: () => Promise<void>;
}

export function LimitRow({ limit, violations, maySet, again }: LimitRowProps) {
  const { name, max, action, level, since } = limit;
  const [isOpen, setOpen] = useState(false);
  const words = LIMIT_WORDS[name];
  return (
    <>
      <tr data-limit={name} data-level={level}>
        <td>
          {words.name}
          <span className="block text-small text-ink-3">{words.about}</span>
        </td>
        <td className="whitespace-nowrap">
          {max === null ? (
            <span className="text-ink-3">No limit</span>
          ) : (
            <>
              <Badge {...LOOKS[level]}>{LEVEL_WORDS[level]}</Badge>
              {level !== "ok" && since !== null ? (
                <span className="block text-small text-ink-3">
                  since <Clock at={since} />
                </span>
              ) : null}
            </>
          )}
        </td>
        <td className="phone:col-span-2">
          <Reading limit={limit} />
        </td>
        <td className="text-ink-2">
          {max === null ? <Missing word="none" /> : consequence(limit)}
          {action === "stop" && limit.violations > 0 ? (
            <span className="block text-small text-ink-3">
              {limit.violations} of {violations} violations
            </span>
          ) : null}
        </td>
        {maySet ? (
          <td className="text-right">
            <Button aria-expanded={isOpen} aria-label={`Edit ${words.name}`} onClick={() => setOpen(!isOpen)}>
              Edit
            </Button>
          </td>
        ) : null}
      </tr>
      {isOpen ? (
        <tr>
          <td colSpan={5} className="phone:col-span-2">
            <LimitForm limit={limit} again={again} onClosed={() => setOpen(false)} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

function Reading({ limit: { name, used, max, percent, level, of } }: Pick<LimitRowProps, "limit">) {
  if (used === null) return <span className="text-ink-3">Unknown</span>;
  return (
    <>
      <span className="tabular-nums">
        {limitAmount(name, used)}
        {max === null ? "" : ` of ${limitAmount(name, max)}`}
      </span>
      {percent === null ? null : (
        <Bar
          share={percent / 100}
          isOver={level === "limit"}
          className="ml-2 w-16"
          role="img"
          aria-label={`${percent} % of the limit`}
        />
      )}
      {of === null ? null : <span className="block text-small text-ink-3">{of}</span>}
    </>
  );
}

/** The caps of the day park tasks, and a quota holds only the tasks of its provider. */
function consequence({ name, action }: LimitState): string {
  if (name === "quota" && action !== "alert") return "Its provider's tasks wait";
  if ((name === "tokens" || name === "cost") && action === "alert") return "Tasks park until tomorrow";
  return ACTION_WORDS[action];
}
