"use client";

import { type MouseEvent, useState } from "react";
import { messageAddress } from "@/components/trees/message-address";
import { exactCount } from "@/core/words/figures";
import { useLogPlace } from "./log-place";

/** The message's number as a link to the message. A click copies the link and marks the message. */
export function MessageLink({ seq }: { seq: number }) {
  const place = useLogPlace();
  const [notice, setNotice] = useState("");
  if (!place) return <>#{exactCount(seq)}</>;

  async function copy(event: MouseEvent): Promise<void> {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    place?.open(seq);
    const link = new URL(messageAddress(place?.taskId ?? "", seq), window.location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      setNotice("Link copied");
    } catch {
      setNotice("Not copied: the link is in the address bar");
    }
  }
  return (
    <>
      <a
        className="hover:text-accent hover:underline focus-visible:text-accent focus-visible:underline"
        href={messageAddress(place.taskId, seq)}
        title="Copy a link to this message"
        aria-label={`Message ${seq}: copy its link`}
        onClick={(event) => void copy(event)}
        onBlur={() => setNotice("")}
      >
        #{exactCount(seq)}
      </a>
      <span className="ml-1.5 text-accent" role="status">
        {notice}
      </span>
    </>
  );
}
