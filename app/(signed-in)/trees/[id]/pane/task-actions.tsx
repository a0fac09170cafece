"use client";

import { memo, useRef } from "react";
import { operate } from "@/app/operate";
import { buttonLook } from "@/components/ui/button-look";
import type { useAction } from "@/components/ui/hooks/use-action";
import { useIsShown } from "@/components/ui/hooks/use-is-shown";
import { Icon } from "@/components/ui/icon";
import { Menu } from "@/components/ui/menus/menu";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { useRights } from "@/components/ui/rights";
import type { TaskStatus } from "@/core/log/terms";
import { plural } from "@/core/words/figures";
import { StopDialog } from "../control/stop-dialog";

interface TaskActionsProps {
  id: string;
  status: TaskStatus;
  /** The task has ended. */
  over: boolean;
  /** Subtasks that have not ended. */
  subtasks: number;
  /** Shared with the sentence below, so that outcomes appear in one place. */
  action: ReturnType<typeof useAction>;
  /** Shows the next step before it runs. */
  step: () => void;
  change: () => void;
  fork: () => void;
}

/** Where the row has no room for all buttons in one line, the rarer ones are in a menu. Their keys work in any case. */
const NARROW = { inRow: "@max-[500px]:hidden", inMenu: "@min-[500px]:hidden" };
const NARROW_WITH_SUBTASKS = { inRow: "@max-[680px]:hidden", inMenu: "@min-[680px]:hidden" };

/** Buttons to pause, step, change, fork or stop the task, with a refusal below them. Memoized, because turns change none. */
export const TaskActions = memo(function TaskActions(props: TaskActionsProps) {
  const { id, status, over, subtasks, action, step, change, fork } = props;
  const { pending, outcome, run } = action;
  const mayRun = useRights().run === null;
  const isShown = useIsShown(action, status);
  const stopping = useRef<HTMLDialogElement>(null);
  const paused = status === "paused";
  const room = subtasks > 0 && !paused ? NARROW_WITH_SUBTASKS : NARROW;
  if (!mayRun) return null;
  return (
    <div className="mt-2">
      <div className="flex flex-wrap items-center gap-1 phone:[&_svg]:hidden [&>button]:px-2 @max-[400px]:[&_kbd]:hidden">
        {over ? null : paused ? (
          <Button
            icon="retry"
            disabled={pending}
            onClick={() => run(() => operate("resume", { id }))}
            hint="p"
            data-key="p"
          >
            Resume
          </Button>
        ) : (
          <PauseButtons id={id} subtasks={subtasks} action={action} className={room.inRow} />
        )}
        {over ? null : <StepButtons id={id} action={action} preview={step} />}
        {over ? null : (
          <Button
            icon="change"
            className={room.inRow}
            onClick={change}
            data-key="m"
            title="Agent, model or priority (m)"
          >
            Change
          </Button>
        )}
        <Button
          icon="fork"
          className={over ? "" : room.inRow}
          onClick={fork}
          hint="f"
          data-key="f"
          title="Start a new tree from this task's beginning"
        >
          Fork
        </Button>
        {over ? null : (
          <Button
            look="danger"
            icon="stop"
            disabled={pending}
            onClick={() => stopping.current?.showModal()}
            hint="x"
            data-key="x"
          >
            Stop
          </Button>
        )}
        {over ? null : (
          <MoreButton
            className={room.inMenu}
            pauseAlone={room === NARROW_WITH_SUBTASKS ? () => run(() => operate("pause", { id, alone: true })) : null}
            change={change}
            fork={fork}
          />
        )}
      </div>
      <OutcomeLine outcome={outcome} isQuiet={isShown} />
      <StopDialog
        ref={stopping}
        unit="task"
        subtasks={subtasks}
        stop={(reason) => run(() => operate("stop", { id, reason }))}
      />
    </div>
  );
});

interface MoreButtonProps {
  className: string;
  /** null for a task that has no subtasks, or is paused. */
  pauseAlone: (() => void) | null;
  change: () => void;
  fork: () => void;
}

/** Opens a menu of the buttons that have no room. */
function MoreButton({ className, pauseAlone, change, fork }: MoreButtonProps) {
  return (
    <Menu
      button={{
        className: buttonLook("plain", `w-control px-0! ${className}`),
        title: "More for this task",
        children: (
          <>
            <Icon name="more" className="phone:block!" />
            <span className="sr-only">More for this task</span>
          </>
        ),
      }}
      items={[
        ...(pauseAlone ? [{ word: "Pause task only", act: pauseAlone }] : []),
        { word: "Change…", act: change },
        { word: "Fork…", act: fork },
      ]}
    />
  );
}

interface StepButtonsProps {
  id: string;
  action: ReturnType<typeof useAction>;
  preview: () => void;
}

/** Buttons that run one turn, immediately or after a preview in which the person may change it. */
function StepButtons({ id, action: { pending, run }, preview }: StepButtonsProps) {
  return (
    <>
      <Button
        icon="step"
        className="-mr-[5px] rounded-r-none!"
        disabled={pending}
        onClick={() => run(() => operate("step", { id }))}
        hint="."
        data-key="."
        title="Runs one turn, then pauses"
      >
        Step
      </Button>
      <Button
        className="w-6! rounded-l-none! px-0! phone:w-control!"
        onClick={preview}
        data-key=">"
        aria-label="Preview step"
        title="Shows the next turn, and lets you change it first (>)"
      >
        <Icon name="down" className="phone:block!" />
      </Button>
    </>
  );
}

interface PauseButtonsProps {
  id: string;
  subtasks: number;
  action: ReturnType<typeof useAction>;
  /** Of the rarer button. */
  className: string;
}

/** Buttons that pause the task with its branch and, if it has subtasks, without them. */
function PauseButtons({ id, subtasks, action: { pending, run }, className }: PauseButtonsProps) {
  const branch = subtasks > 0 ? `Pauses this task and its ${plural(subtasks, "subtask")}` : undefined;
  return (
    <>
      <Button
        icon="pause"
        disabled={pending}
        onClick={() => run(() => operate("pause", { id }))}
        hint="p"
        data-key="p"
        title={branch}
      >
        {subtasks > 0 ? "Pause branch" : "Pause"}
      </Button>
      {subtasks > 0 ? (
        <Button
          className={className}
          disabled={pending}
          onClick={() => run(() => operate("pause", { id, alone: true }))}
          title="Its subtasks keep running"
        >
          Pause task only
        </Button>
      ) : null}
    </>
  );
}
