import type { ReactNode } from "react";

/** Lets Ctrl or ⌘ with Enter send, before an editor inside takes it for a new line. */
export function SendKey({ send, children }: { send: () => void; children: ReactNode }) {
  return (
    <div
      onKeyDownCapture={(event) => {
        if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
        event.preventDefault();
        event.stopPropagation();
        send();
      }}
    >
      {children}
    </div>
  );
}
