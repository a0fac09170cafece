"use client";

import { lazily } from "@/components/ui/page/lazily";
import { Loading, PickerFrame, type PickerProps } from "./picker";

const FolderPanel = lazily(() => import("./folder-panel").then((file) => file.FolderPanel), { meanwhile: Loading });

/** The folder of a tree when nothing is chosen. */
const UNSET = "A fresh folder";

interface FolderPickerProps extends PickerProps {
  /** Follows the name of the folder, such as its branch. */
  beside?: string | null;
}

/** Choice of the folder in which a tree works: a recent one, one that is typed, a git URL, or a fresh folder. */
export function FolderPicker({ value, choose, beside, ...frame }: FolderPickerProps) {
  return (
    <PickerFrame
      {...frame}
      shown={value ? <Chosen value={value} beside={beside} /> : <span className="text-ink-2">{UNSET}</span>}
      panel={(close, typed) => (
        <FolderPanel
          value={value}
          unset={UNSET}
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

function Chosen({ value, beside }: { value: string; beside?: string | null }) {
  const isPath = value.startsWith("/");
  const name = isPath ? value.replace(/\/+$/, "").split("/").at(-1) : value;
  return (
    <span title={value}>
      {name || value}
      {beside ? <span className="text-ink-2">, {beside}</span> : null}
    </span>
  );
}
