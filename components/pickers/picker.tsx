"use client";

import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { Popover } from "@/components/ui/menus/popover";
import { Skeleton } from "@/components/ui/page/skeleton";

export interface PickerProps {
  id: string;
  label: string;
  value: string;
  choose: (value: string) => void;
  isWrong?: boolean;
  /** Id of the text that explains what is chosen, or what is wrong with it. */
  describedBy?: string;
  /** Before what is chosen. */
  icon?: ReactNode;
  /** Classes of the frame, in place of that of a field. */
  frame?: string;
}

interface PickerFrameProps extends Omit<PickerProps, "value" | "choose"> {
  shown: ReactNode;
  /** Returns what the popover holds. It is loaded when the popover opens. `typed` outlives it, so that nothing typed is lost. */
  panel: (close: () => void, typed: Typed) => ReactNode;
}

/** What a person has typed into a picker: before its field was there, or before they closed it without a choice. */
export interface Typed {
  text: string;
}

const BUTTON =
  "flex h-control w-full min-w-0 cursor-pointer items-center rounded-control border pr-6.5 pl-2 text-left " +
  "bg-(image:--picker-arrow) bg-position-[right_6px_center] bg-no-repeat";
const FRAMED = "border-control bg-raised phone:text-[16px]";

/** A label, and a button that looks like a select and opens a list in which people can type. */
export function PickerFrame({ id, label, shown, panel, isWrong, describedBy, icon, frame = FRAMED }: PickerFrameProps) {
  const typed = useRef<Typed>({ text: "" });
  /** Text that is typed while the field is not there yet begins what the field will hold. */
  function onEarlyKey(event: KeyboardEvent<HTMLElement>): void {
    if (event.target instanceof HTMLInputElement || !isText(event)) return;
    event.preventDefault();
    typed.current.text += event.key;
  }
  function onButtonKey(event: KeyboardEvent<HTMLButtonElement>): void {
    const button = event.currentTarget;
    const isNew = button.ariaExpanded !== "true" && button.ariaBusy !== "true";
    if (!isText(event) && event.key !== "ArrowDown") return;
    // The page's own keys are letters, too.
    event.stopPropagation();
    if (isNew && isText(event)) typed.current.text = "";
    onEarlyKey(event);
    if (event.key === "ArrowDown") event.preventDefault();
    if (isNew) button.click();
  }
  return (
    <>
      <label id={`${id}-label`} htmlFor={id}>
        {label}
      </label>
      <Popover
        label={label}
        button={{
          id,
          className: `${BUTTON} ${frame}`,
          // The value belongs to the name, as a screen reader says it for a select.
          "aria-labelledby": `${id}-label ${id}`,
          "aria-describedby": describedBy,
          "data-wrong": isWrong || undefined,
          onKeyDown: onButtonKey,
          children: (
            <>
              {icon}
              <span className="min-w-0 truncate">{shown}</span>
            </>
          ),
        }}
        className="w-[max(var(--radix-popover-trigger-width),min(420px,calc(100vw-16px)))] overflow-hidden p-0!"
        // Keys of the page and of the form around it stay quiet while a list is open.
        onKeyDown={(event) => {
          event.stopPropagation();
          onEarlyKey(event);
        }}
      >
        {(close) => panel(close, typed.current)}
      </Popover>
    </>
  );
}

/** Whether the key writes a character. Space opens the list, as in a select. */
function isText({ key, metaKey, ctrlKey, altKey }: KeyboardEvent): boolean {
  return key.length === 1 && key !== " " && !metaKey && !ctrlKey && !altKey;
}

export function Loading() {
  return (
    <Skeleton className="px-3 py-1" role="status" aria-label="Reading the list">
      <i className="w-3/5" />
      <i className="w-2/5" />
      <i className="w-1/2" />
    </Skeleton>
  );
}
