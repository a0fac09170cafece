import { FOLD } from "@/components/ui/fold-look";
import { FoldMark } from "@/components/ui/fold-mark";
import { plural } from "@/core/words/figures";

/** What a server lists and agents cannot use, each with its reason. */
export function LeftOut({ sentences }: { sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <details className={FOLD} open={sentences.length === 1} data-left-out>
      <summary>
        <FoldMark />
        <span className="text-small">Left out: {plural(sentences.length, "item")}</span>
      </summary>
      <ul className="space-y-1">
        {[...new Set(sentences)].map((sentence) => (
          <li className="wrap-anywhere text-ink-2 text-small" key={sentence}>
            {sentence}
          </li>
        ))}
      </ul>
    </details>
  );
}
