import type { ComponentProps, ReactNode } from "react";

interface SectionProps extends Omit<ComponentProps<"section">, "title"> {
  /** Of the heading, which names the section. */
  id: string;
  title: ReactNode;
  /** Grey, beside the title: a count or a remark. */
  beside?: ReactNode;
  /** At the other end of the heading's line. */
  end?: ReactNode;
  /** Without a line below the heading: what follows has a frame of its own. */
  isPlain?: boolean;
}

/** The line of its heading, where more than a heading stands in it. */
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
