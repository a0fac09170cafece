import Link from "next/link";
import { FindField } from "@/components/ui/find-field";
import { withoutDisguise } from "@/core/words/visible";
import { graphAddress } from "../lessons/address";

interface AskProps {
  question: string | undefined;
  examples: readonly string[];
}

/** The field for a question, in the address, so that people can share an answer; with questions that can be asked here. */
export function Ask({ question, examples }: AskProps) {
  return (
    <div className="mb-4">
      <form action="/memory/graph" className="flex max-w-150">
        <FindField
          key={question ?? ""}
          room="wide"
          name="question"
          defaultValue={question ?? ""}
          maxLength={300}
          aria-label="Ask about lessons"
          placeholder="What helped with an error, in a repository?"
          data-find
        />
      </form>
      {examples.length > 0 ? (
        <p className="mt-1.5 flex flex-wrap gap-x-3 gap-y-1 text-small text-ink-3">
          <span>For example</span>
          {examples.map((example) => (
            <Link
              key={example}
              className="link wrap-anywhere"
              href={graphAddress({ question: example })}
              prefetch={false}
            >
              {withoutDisguise(example)}
            </Link>
          ))}
        </p>
      ) : null}
    </div>
  );
}
