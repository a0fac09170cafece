import type { ReactNode } from "react";

/** A part of a form, under its heading. */
export function FormSection({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="mt-5" aria-label={title}>
      <h2 className="mb-1 text-row font-semibold">{title}</h2>
      {children}
    </section>
  );
}
