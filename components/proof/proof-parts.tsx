import type { ReactNode } from "react";

export function Part({ id, title, children }: { id?: string; title: string; children: ReactNode }) {
  return (
    <section id={id} className="mt-10 print:mt-6">
      <h2 className="mb-2 text-[16px]! leading-6!">{title}</h2>
      {children}
    </section>
  );
}

/** Says how much a list leaves out. */
export function Left({ words }: { words: string }) {
  return words === "" ? null : <p className="mt-2 text-small text-ink-2">{words}</p>;
}

export function Code({ children }: { children: string }) {
  return (
    <pre className="rounded-lg border border-line bg-sunk px-4 py-3 font-mono text-mono wrap-anywhere whitespace-pre-wrap">
      {children}
    </pre>
  );
}
