"use client";

import { FieldPairs } from "@/components/ui/facts";
import { Hint } from "@/components/ui/hint";
import { useRights } from "@/components/ui/rights";
import { useLoaded } from "../../files/use-loaded";
import { LessonsField } from "./lessons-field";
import type { ReplayProps } from "./replay-props";
import { VersionFields } from "./version-fields";

/** Fields for the versions that a fork uses, and for the lessons that its tasks are shown. */
export function ReplayFields(props: ReplayProps) {
  const { task, at } = props;
  const mayConfigure = useRights().configure === null;
  const from = at === undefined ? "" : (`?at=${at}` as const);
  const { body: start, problem } = useLoaded(`tasks/${task.id}/fork${from}`);
  return (
    <FieldPairs className="mt-1 grid-cols-[124px_minmax(0,1fr)]! phone:grid-cols-[84px_minmax(0,1fr)]!">
      {problem ? (
        <Hint isBad role="alert" className="col-span-2">
          {problem}
        </Hint>
      ) : null}
      {mayConfigure ? (
        <VersionFields {...props} start={start} />
      ) : (
        <Hint className="col-span-2 mt-0!">
          Choosing versions, or a lesson that nobody has approved, needs a reviewer.
        </Hint>
      )}
      <LessonsField {...props} start={start} mayConfigure={mayConfigure} />
    </FieldPairs>
  );
}
