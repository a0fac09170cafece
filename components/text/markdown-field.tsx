"use client";

import { type ComponentType, useEffect, useId, useRef, useState } from "react";
import { Hint } from "@/components/ui/hint";
import type { EditorProps, MarkdownFieldProps, TextFault } from "./code-mirror-field";

/**
 * As high as its text, from a height in which one can write up to most of the window, then it scrolls. Whoever drags its
 * corner gets any height: browsers store it in the style.
 */
const FRAME =
  "flex min-h-[max(240px,36vh)] max-h-[72vh] resize-y flex-col overflow-hidden [&[style*=height]]:max-h-none [&[style*=height]]:min-h-24 " +
  "[&>.cm-theme]:flex [&>.cm-theme]:min-h-0 [&>.cm-theme]:flex-auto [&>.cm-theme]:flex-col";

/** Field for Markdown. It is a plain textarea until the editor has loaded, and stays one if the editor cannot load. */
export function MarkdownField(props: MarkdownFieldProps) {
  const { value, onChange, label, readOnly, fault = null, takesFocus = false } = props;
  const [Editor, setEditor] = useState<ComponentType<EditorProps> | null>(null);
  const plain = useRef<HTMLTextAreaElement>(null);
  const goTo = useRef<((line: number) => void) | null>(null);
  const [wasFocused, setWasFocused] = useState(false);
  const id = useId();
  const edge = fault ? "border-fail" : readOnly ? "border-line-strong" : "border-control";
  const describedBy = fault ? `${props.describedBy ?? ""} ${id}-fault`.trim() : props.describedBy;
  useEffect(() => {
    if (takesFocus) plain.current?.focus();
  }, [takesFocus]);
  useEffect(() => {
    let isGone = false;
    import("./code-mirror-field").then(
      ({ CodeMirrorField }) => {
        if (isGone) return;
        setWasFocused(document.activeElement === plain.current);
        setEditor(() => CodeMirrorField);
      },
      () => {},
    );
    return () => {
      isGone = true;
    };
  }, []);
  function show(line: number): void {
    if (goTo.current) {
      goTo.current(line);
      return;
    }
    const before = value.split("\n").slice(0, line - 1);
    const at = before.reduce((sum, one) => sum + one.length + 1, 0);
    plain.current?.focus();
    plain.current?.setSelectionRange(at, at);
  }
  return (
    <>
      <div
        className={`${FRAME} rounded-control border [--field-size:12px] focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-accent phone:[--field-size:16px] ${readOnly ? "bg-bg" : "bg-raised"} ${edge}`}
        data-testid="markdown-field"
      >
        {Editor ? (
          <Editor {...props} describedBy={describedBy} autoFocus={wasFocused} goTo={goTo} />
        ) : (
          <textarea
            ref={plain}
            className="min-h-0 flex-auto resize-none border-0 bg-transparent font-mono text-mono outline-none"
            rows={Math.max(12, value.split("\n").length)}
            value={value}
            readOnly={readOnly}
            aria-label={label}
            aria-describedby={describedBy}
            aria-invalid={fault ? true : undefined}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </div>
      <div id={`${id}-fault`} role="status">
        {fault ? <Fault fault={fault} show={show} /> : null}
      </div>
    </>
  );
}

function Fault({ fault: { line, sentence }, show }: { fault: TextFault; show: (line: number) => void }) {
  return (
    <Hint isBad>
      {sentence}{" "}
      {line === null ? null : (
        <button type="button" className="link" onClick={() => show(line)}>
          Go to line {line}
        </button>
      )}
    </Hint>
  );
}
