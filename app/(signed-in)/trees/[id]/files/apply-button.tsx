"use client";

import { type ComponentProps, useState } from "react";
import { Button } from "@/components/ui/parts";
import { ApplyDialog } from "./apply-dialog";

interface ApplyButtonProps extends Omit<ComponentProps<typeof ApplyDialog>, "onClosed"> {
  look?: "plain" | "primary";
  children?: string;
}

/** Opens the dialog that applies what a tree or a task changed as a branch. */
export function ApplyButton({ look = "plain", children = "Apply as a branch", ...dialog }: ApplyButtonProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button look={look} icon="change" onClick={() => setOpen(true)}>
        {children}
      </Button>
      {isOpen ? <ApplyDialog {...dialog} onClosed={() => setOpen(false)} /> : null}
    </>
  );
}
