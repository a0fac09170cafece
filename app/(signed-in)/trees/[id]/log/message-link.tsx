"use client";

import { type MouseEvent, useState } from "react";
import { exactCount } from "@/core/words/figures";
import { messageAddress, useLogPlace } from "./log-place";

/** The message's number is a link to it; a click copies the link, and marks where it leads. */
export function MessageLink({ seq }: { seq: number }) {
  const place = useLogPlace();
  const [said, setSaid] = useState("");
  if (!place) return <>#{exactCount(seq)}</>;

  async function copy(event: MouseEvent): Promise<void> {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    place?.open(seq);
    const link = new URL(messageAddress(place?.taskId ?? "", seq), window.location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      setSaid("Link copied");
    } catch {
      setSaid("The link is in the address bar");
    }
  }
  return (
    <>
      <a
        className="hover:text-accent hover:underline focus-visible:text-accent focus-visible:underline"
        href={messageAddress(place.taskId, seq)}
        title="Copy a link to this message"
        aria-label={`Message ${seq}: copy a link to it`}
        onClick={(event) => void copy(event)}
        onBlur={() => setSaid("")}
      >
        #{exactCount(seq)}
      </a>
      <span className="ml-1.5 text-accent" role="status">
        {said}
      </span>
    </>
  );
}
