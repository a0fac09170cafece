"use client";

import { memo, useCallback, useState } from "react";
import { useRowKeys } from "@/components/ui/hooks/use-row-keys";
import { Section } from "@/components/ui/page/section";
import { Button, Say } from "@/components/ui/parts";
import { ScrollArea } from "@/components/ui/scroll-area";
import type { GoalView } from "@/core/shapes/goals";
import type { Task } from "@/core/shapes/shapes";
import { plural } from "@/core/words/figures";
import { SteerBox } from "../pane/steer-box";
import { useContinuation } from "../pane/use-continuation";
import type { TreeViewContent } from "../view/view-content";
import { ViewSkeleton } from "../view/view-skeleton";
import { AttemptList } from "./attempts";
import { useGoOn } from "./go-on";
import { GoalDiff } from "./goal-diff";
import { Given, Phases, Progress } from "./goal-facts";
import { Doubts, GoalSays } from "./goal-says";
import { attemptsOf, awaitedOf, heldOf, roundName } from "./goal-words";
import { Holds } from "./holds";
import { RunningPlan } from "./plan/running-plan";
import { Rounds } from "./rounds";
import { ScopeForm } from "./scope-form";
import { ScoreChart } from "./score-chart";
import { useGoal } from "./use-goal";

const NOBODY: ReadonlySet<string> = new Set();

/** The progress of a goal: its score, the checks that hold, its rounds, and their cost. */
export const Goal = memo(function Goal(content: TreeViewContent) {
  const { goal, problem, retry } = useGoal(content.treeId, content.cursor);
  useRowKeys();
  return (
    <>
      {problem ? (
        <div className="p-4">
          <Say look="bad">
            {goal ? "This page is out of date" : "The goal could not be loaded"}: {problem}{" "}
            <Button onClick={retry}>Retry</Button>
          </Say>
        </div>
      ) : null}
      {goal === null ? <p className="p-4 text-ink-2">This tree pursues no goal.</p> : null}
      {goal ? <Shown goal={goal} content={content} /> : goal === null || problem ? null : <ViewSkeleton />}
    </>
  );
});

function Shown({ goal, content }: { goal: GoalView; content: TreeViewContent }) {
  const { treeId, tasks, asked, select, canRun } = content;
  const root = [...tasks.values()].find(({ parent_id }) => parent_id === null) ?? null;
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const { goOn, dialog } = useGoOn(root);
  const isEnded = root !== null && root.ended_at !== null;
  const running = goal.running ? tasks.get(goal.running.task_id) : undefined;
  const last = tasks.get(goal.rounds.at(-1)?.task_id ?? "");
  const awaited = isEnded ? NOBODY : awaitedOf(tasks.values(), asked);
  const ofGoal = [root, running, last].flatMap((task) => task ?? []);
  const isAsked = awaitedOf(ofGoal, awaited).size > 0;
  const attempts = attemptsOf(goal.rounds);

  const setOpen = useCallback((number: number, open: boolean) => {
    setOpened((before) => new Set(open ? [...before, number] : [...before].filter((one) => one !== number)));
  }, []);
  function show(number: number): void {
    setOpen(number, true);
    requestAnimationFrame(() => {
      const row = document.querySelector<HTMLElement>(`#round-${number} summary`);
      row?.focus({ preventScroll: true });
      row?.scrollIntoView({ block: "center" });
    });
  }
  return (
    <>
      <ScrollArea className="@container px-4 pt-3 pb-6">
        <GoalSays goal={goal} root={root} tasks={tasks} select={select} asked={awaited} />
        <Doubts goal={goal} isEnded={isEnded} isAsked={isAsked} />
        <div className="mt-4 grid gap-x-8 gap-y-6 @min-[880px]:grid-cols-[minmax(0,1fr)_280px]">
          <div className="min-w-0">
            <Section id="goal-score" title="Score over rounds" isPlain>
              <ScoreChart goal={goal} isEnded={isEnded} />
            </Section>
            <Section id="goal-holds" title="What holds" beside={holdsBeside(goal, isEnded)}>
              <Holds goal={goal} isEnded={isEnded} isAsked={isAsked} />
            </Section>
            {goal.running?.planned && !isEnded ? (
              <RunningPlan goal={goal} plan={goal.running.planned} select={select} canEdit={canRun} />
            ) : null}
            <Section id="goal-rounds" title="Rounds" beside={plural(goal.rounds.length, "round")}>
              <Rounds
                goal={goal}
                tasks={tasks}
                opened={opened}
                setOpen={setOpen}
                select={select}
                isEnded={isEnded}
                goOn={canRun ? goOn : null}
              />
            </Section>
            {attempts.length > 0 ? (
              <Section id="goal-attempts" title="Attempts by error">
                <AttemptList attempts={attempts} open={show} />
              </Section>
            ) : null}
            <Section id="goal-changes" title="Changes of the goal" beside="from its start" isPlain>
              {root ? (
                <GoalDiff
                  title="All files"
                  name="the whole goal"
                  taskId={root.id}
                  revision={`${goal.rounds.length} ${root.status}`}
                />
              ) : null}
            </Section>
          </div>
          <Aside goal={goal} isEnded={isEnded} treeId={treeId} canChange={canRun && root !== null && !isEnded} />
        </div>
      </ScrollArea>
      {/* An open task has a box of its own. */}
      {root && content.openId === null ? <MessageBox root={root} /> : null}
      {dialog}
    </>
  );
}

/** Box for a person's words: the next plan reads them, and after the end they continue the goal. */
function MessageBox({ root }: { root: Task }) {
  const continuation = useContinuation(root);
  return <SteerBox task={root} continuation={continuation} nextTurn={root.turns + 1} />;
}

/** 1 of 2, in the files of round 3 */
function holdsBeside(goal: GoalView, isEnded: boolean): string {
  const { held, all } = heldOf(goal);
  const { folder_round, rounds } = goal;
  if (all === 0) return "";
  const isOlder = isEnded && folder_round !== null && folder_round !== rounds.length;
  return `${held} of ${all}${isOlder ? `, in the files of ${roundName(folder_round)}` : ""}`;
}

interface AsideProps {
  goal: GoalView;
  isEnded: boolean;
  treeId: string;
  canChange: boolean;
}

/** The figures beside the rounds. */
function Aside({ goal, isEnded, treeId, canChange }: AsideProps) {
  return (
    <div className="min-w-0">
      <Section id="goal-progress" title="Progress">
        <div className="pt-2">
          <Progress goal={goal} isEnded={isEnded} />
        </div>
      </Section>
      <Section id="goal-cost" title="Cost by phase">
        <Phases phases={goal.phases} />
      </Section>
      <Section id="goal-given" title="Settings" beside="fixed for agents">
        <div className="pt-2">
          <Given goal={goal} isEnded={isEnded} />
          {canChange ? <ScopeForm goal={goal} treeId={treeId} /> : null}
        </div>
      </Section>
    </div>
  );
}
