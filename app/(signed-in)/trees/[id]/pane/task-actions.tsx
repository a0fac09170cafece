"use client";

import { type ComponentProps, memo, useRef } from "react";
import { operate } from "@/app/operate";
import { buttonLook } from "@/components/ui/button-look";
import type { useAction } from "@/components/ui/hooks/use-action";
import { useIsShown } from "@/components/ui/hooks/use-is-shown";
import { Icon, type IconName } from "@/components/ui/icon";
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
  /** Whether another task started it. */
  hasParent: boolean;
  /** Subtasks that have not ended. */
  subtasks: number;
  /** Shared with the sentence below, so that outcomes appear in one place. */
  action: ReturnType<typeof useAction>;
  /** Shows the next step before it runs. */
  step: () => void;
  change: () => void;
  fork: () => void;
}

/**
 * The task's actions as icons: pause, fork, and a menu of the rarer ones. Each also has its key. Memoized, because turns
 * change none.
 */
export const TaskActions = memo(function TaskActions(props: TaskActionsProps) {
  const { id, status, over, hasParent, subtasks, action, step, change, fork } = props;
  const { pending, outcome, run } = action;
  const mayRun = useRights().run === null;
  const isShown = useIsShown(action, status);
  const stopping = useRef<HTMLDialogElement>(null);
  if (!mayRun) return null;
  const isAloneOffered = subtasks > 0 && status !== "paused";
  const more: TaskAction[] = [
    { key: ".", word: "Step", act: () => run(() => operate("step", { id })) },
    { key: ">", word: "Preview step…", act: step, isDialog: true },
    ...(isAloneOffered
      ? [{ word: "Pause task only", act: () => run(() => operate("pause", { id, alone: true })) }]
      : []),
    { key: "m", word: "Change…", act: change, isDialog: true },
    { key: "x", word: "Stop…", act: () => stopping.current?.showModal(), isDialog: true },
  ];
  return (
    <div className="ml-auto flex-none">
      <div className="flex items-center justify-end gap-1">
        {over ? null : <PauseButton id={id} status={status} subtasks={subtasks} action={action} />}
        <IconButton
          icon="fork"
          word="Fork"
          title="Fork: a new tree from this task's beginning (f)"
          data-key="f"
          onClick={fork}
        />
        {over ? null : (
          <>
            <Menu
              button={{
                className: buttonLook("quiet", "w-control px-0!"),
                title: "More: step, change, stop",
                children: <Icon name="more" label="More for this task" />,
              }}
              items={more.map(({ word, act }) => ({ word, act }))}
            />
            {more.map(({ key, word, act, isDialog }) =>
              key ? (
                // Its key and the palette press it while the menu is closed.
                <button
                  key={key}
                  type="button"
                  className="sr-only"
                  tabIndex={-1}
                  aria-hidden="true"
                  disabled={pending && !isDialog}
                  data-key={key}
                  data-command={word}
                  onClick={act}
                />
              ) : null,
            )}
          </>
        )}
      </div>
      <OutcomeLine outcome={outcome} isQuiet={isShown} />
      <StopDialog
        ref={stopping}
        unit="task"
        hasParent={hasParent}
        subtasks={subtasks}
        stop={(reason) => run(() => operate("stop", { id, reason }))}
      />
    </div>
  );
});

interface TaskAction {
  key?: string;
  word: string;
  act: () => void;
  /** It opens a dialog, also while another action waits for its answer: its key would be lost. */
  isDialog?: boolean;
}

interface IconButtonProps extends ComponentProps<typeof Button> {
  icon: IconName;
  word: string;
}

function IconButton({ word, ...rest }: IconButtonProps) {
  return (
    <Button look="quiet" className="w-control px-0!" {...rest}>
      <span className="sr-only">{word}</span>
    </Button>
  );
}

/** Pauses the task with its branch, or resumes it. */
function PauseButton({
  id,
  status,
  subtasks,
  action,
}: Pick<TaskActionsProps, "id" | "status" | "subtasks" | "action">) {
  const { pending, run } = action;
  if (status === "paused")
    return (
      <Button
        icon="retry"
        disabled={pending}
        data-key="p"
        hint="p"
        onClick={() => run(() => operate("resume", { id }))}
      >
        Resume
      </Button>
    );
  const [word, what] =
    subtasks > 0 ? ["Pause branch", `this task and its ${plural(subtasks, "subtask")}`] : ["Pause", "this task"];
  return (
    <IconButton
      icon="pause"
      word={word}
      title={`Pause ${what} (p)`}
      disabled={pending}
      data-key="p"
      onClick={() => run(() => operate("pause", { id }))}
    />
  );
}
