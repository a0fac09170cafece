"use client";

import { lazily } from "@/components/ui/page/lazily";
import { Loading, PickerFrame, type PickerProps } from "./picker";

const FolderPanel = lazily(() => import("./folder-panel").then((file) => file.FolderPanel), { meanwhile: Loading });

/** The folder of a tree when nothing is chosen. */
const UNSET = "A fresh folder";

interface FolderPickerProps extends PickerProps {
  /** The branch that is checked out there. */
  branch?: string | null;
  /** A folder must be chosen: a fresh one is not offered. */
  isNeeded?: boolean;
}

/** Choice of the folder in which a tree works: a recent one, one that is typed, a git URL, or a fresh folder. */
export function FolderPicker({ value, choose, branch, isNeeded = false, ...frame }: FolderPickerProps) {
  return (
    <PickerFrame
      {...frame}
      shown={
        value ? (
          <Chosen value={value} branch={branch} />
        ) : (
          <span className="text-ink-2">{isNeeded ? "Choose a folder" : UNSET}</span>
        )
      }
      panel={(close, typed) => (
        <FolderPanel
          value={value}
          unset={isNeeded ? null : UNSET}
          kept={typed}
          leave={choose}
          choose={(folder) => {
            choose(folder);
            close();
          }}
        />
      )}
    />
  );
}

/** The folder and its branch, as people write them: shop@main. */
function Chosen({ value, branch }: Pick<FolderPickerProps, "value" | "branch">) {
  const isPath = value.startsWith("/");
  const name = isPath ? value.replace(/\/+$/, "").split("/").at(-1) : value;
  return (
    <span title={value}>
      {name || value}
      {branch ? <span className="text-ink-3">@</span> : null}
      {branch}
    </span>
  );
}
