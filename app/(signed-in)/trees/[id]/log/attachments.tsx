import Image from "next/image";
import type { CallAnswer } from "@/components/trees/log-entries";
import { bytes } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";

/** The images and PDF files of a tool's response. An image is loaded when it comes into view. */
export function Attachments({ answer: { seq, attachments } }: { answer: CallAnswer }) {
  return (
    <ul className="flex flex-wrap gap-3 border-t border-line px-3 py-2">
      {attachments.map(({ id, name, mediaType, bytes: size, notShown }) => (
        <li key={id} className="flex max-w-full flex-col gap-1 text-small text-ink-3">
          <a className="link break-all" href={`/api/v1/messages/${seq}/attachments/${id}`} download={name}>
            {mediaType === "application/pdf" ? (
              withoutDisguise(name)
            ) : (
              <Image
                unoptimized
                width={600}
                height={400}
                className="h-auto max-h-80 w-auto max-w-full rounded-control border border-line bg-sunk object-contain"
                src={`/api/v1/messages/${seq}/attachments/${id}`}
                alt={withoutDisguise(name)}
              />
            )}
          </a>
          <span>
            {mediaType === "application/pdf" ? "" : `${withoutDisguise(name)}, `}
            {bytes(size)}
            {notShown ? ". The agent does not see it" : ""}
          </span>
        </li>
      ))}
    </ul>
  );
}
