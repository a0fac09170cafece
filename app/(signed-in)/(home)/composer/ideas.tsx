import { SectionHead } from "@/components/ui/page/section";
import type { Template } from "@/core/shapes/trees";

const SHOWN = 3;

interface IdeasProps {
  templates: readonly Template[];
  take: (template: Template) => void;
}

/** Templates for a person who has nothing to decide and nothing that runs. */
export function Ideas({ templates, take }: IdeasProps) {
  const ideas = templates.slice(0, SHOWN);
  if (ideas.length === 0) return null;
  return (
    <section className="mt-6" aria-labelledby="ideas">
      <SectionHead className="">
        <h2 id="ideas">Begin with one of these</h2>
        <span className="text-ink-3">each fills the line above; nothing starts yet</span>
      </SectionHead>
      <div className="grid grid-cols-3 gap-3 phone:grid-cols-1 phone:gap-2">
        {ideas.map((template) => (
          <button
            key={template.name}
            type="button"
            className="min-w-0 cursor-pointer rounded-lg border border-line bg-raised px-4 py-3 text-left hover:bg-hover"
            onClick={() => take(template)}
          >
            <b className="block truncate font-medium">{template.name}</b>
            <span className="line-clamp-2 text-ink-2 text-small">{template.submission.task}</span>
          </button>
        ))}
      </div>
    </section>
  );
}
