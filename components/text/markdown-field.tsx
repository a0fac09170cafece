"use client";

import { type ComponentType, useEffect, useRef, useState } from "react";

export interface MarkdownFieldProps {
  value: string;
  onChange: (text: string) => void;
  label: string;
  describedBy?: string;
  readOnly?: boolean;
  autoFocus?: boolean;
}

/** A field for Markdown. It is a plain one until the editor has been loaded, and stays so where it cannot be. */
export function MarkdownField(props: MarkdownFieldProps) {
  const { value, onChange, label, describedBy, readOnly } = props;
  const [Editor, setEditor] = useState<ComponentType<MarkdownFieldProps> | null>(null);
  const plain = useRef<HTMLTextAreaElement>(null);
  const [wasFocused, setWasFocused] = useState(false);
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
  return (
    <div className="mdfield" data-readonly={readOnly || undefined}>
      {Editor ? (
        <Editor {...props} autoFocus={wasFocused} />
      ) : (
        <textarea
          ref={plain}
          className="mono"
          rows={Math.min(30, Math.max(8, value.split("\n").length))}
          value={value}
          readOnly={readOnly}
          aria-label={label}
          aria-describedby={describedBy}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </div>
  );
}
