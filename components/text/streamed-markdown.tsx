import { memo, useDeferredValue } from "react";
import { Markdown } from "./markdown";
import { streamedBlocks } from "./streamed-blocks";

/** Markdown that is still being written. Rendering it gives way to typing and keys. */
export const StreamedMarkdown = memo(function StreamedMarkdown({ text }: { text: string }) {
  let end = 0;
  // A block is known by where it begins, which does not change.
  const blocks = streamedBlocks(useDeferredValue(text)).map((block) => {
    const start = end;
    end += block.length;
    return { start, block };
  });
  return (
    <div className="flex flex-col gap-1.5">
      {blocks.map(({ start, block }) => (
        <Markdown key={start} text={block} />
      ))}
    </div>
  );
});
