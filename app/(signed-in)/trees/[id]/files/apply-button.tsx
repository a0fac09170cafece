"use client";

import { type ComponentProps, useState } from "react";
import { lazily } from "@/components/ui/page/lazily";
import { Button } from "@/components/ui/parts";
import type { ApplyDialog as Dialog } from "./apply-dialog";

const ApplyDialog = lazily(() => import("./apply-dialog").then((file) => file.ApplyDialog));

interface ApplyButtonProps extends Omit<ComponentProps<typeof Dialog>, "onClosed"> {
  look?: "plain" | "primary";
  children?: string;
}

/** Opens the dialog that applies what a tree or a task changed as a branch. */
export function ApplyButton({ look = "plain", children = "Apply as branch…", ...dialog }: ApplyButtonProps) {
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
