import type { ComponentProps, ReactNode } from "react";

interface SectionProps extends Omit<ComponentProps<"section">, "title"> {
  /** Id of the heading, which labels the section. */
  id: string;
  title: ReactNode;
  /** Grey text beside the title: a count or a remark. */
  beside?: ReactNode;
  /** Content at the right end of the heading. */
  end?: ReactNode;
  /** Omits the line below the heading, for content with its own frame. */
  isPlain?: boolean;
}

/** Header of a section, for a heading with other content beside it. */
export function SectionHead({ className = "border-b border-line", ...rest }: ComponentProps<"header">) {
  return <header {...rest} className={`flex items-baseline gap-2 pb-1.5 phone:flex-wrap ${className}`} />;
}

/** A part of a page with a heading. */
export function Section({ id, title, beside, end, isPlain, className = "", children, ...rest }: SectionProps) {
  return (
    <section {...rest} className={`mt-6 first:mt-0 ${className}`} aria-labelledby={id}>
      <SectionHead className={isPlain ? "" : undefined}>
        <h2 id={id}>{title}</h2>
        {beside ? <span className="text-ink-3">{beside}</span> : null}
        {end ? <div className="ml-auto">{end}</div> : null}
      </SectionHead>
      {children}
    </section>
  );
}
