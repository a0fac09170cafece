"use client";

import { markdown } from "@codemirror/lang-markdown";
import CodeMirror, { EditorView } from "@uiw/react-codemirror";
import { useMemo } from "react";
import type { MarkdownFieldProps } from "./markdown-field";

/** Colours by token, so that the theme of the page is that of the editor. */
const THEME = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "transparent", maxHeight: "min(60vh, 640px)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", fontSize: "var(--field-size)", lineHeight: "18px", overflow: "auto" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--ink)", fontVariantLigatures: "none" },
  ".cm-line": { padding: "0 10px" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--bg-selected)",
  },
  ".cm-placeholder": { color: "var(--ink-3)" },
});

const SETUP = {
  lineNumbers: false,
  foldGutter: false,
  highlightActiveLine: false,
  highlightActiveLineGutter: false,
  // Its colours are fixed, and unreadable in the dark.
  syntaxHighlighting: false,
  bracketMatching: false,
  closeBrackets: false,
  autocompletion: false,
  highlightSelectionMatches: false,
  searchKeymap: false,
  tabSize: 2,
};

export function CodeMirrorField({ value, onChange, label, describedBy, readOnly, autoFocus }: MarkdownFieldProps) {
  const extensions = useMemo(() => {
    const attributes = { "aria-label": label, ...(describedBy && { "aria-describedby": describedBy }) };
    return [
      markdown(),
      THEME,
      EditorView.lineWrapping,
      EditorView.cspNonce.of(pageNonce()),
      EditorView.contentAttributes.of(readOnly ? { ...attributes, "aria-readonly": "true" } : attributes),
    ];
  }, [label, describedBy, readOnly]);
  return (
    <CodeMirror
      value={value}
      onChange={onChange}
      extensions={extensions}
      basicSetup={SETUP}
      theme="none"
      indentWithTab={false}
      editable={!readOnly}
      readOnly={readOnly}
      autoFocus={autoFocus}
    />
  );
}

/** Of the document, which came with its first request: that of a page that was opened from there is another. */
function pageNonce(): string {
  return document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "";
}
