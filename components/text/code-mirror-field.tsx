"use client";

import CodeMirror, { Decoration, EditorView, type Extension } from "@uiw/react-codemirror";
import type { RefObject } from "react";
import { useCallback, useMemo, useState } from "react";

/** An error in the text. `line` counts from 1; null: the error is not in a single line. */
export interface TextFault {
  line: number | null;
  sentence: string;
}

export interface MarkdownFieldProps {
  value: string;
  onChange: (text: string) => void;
  label: string;
  describedBy?: string;
  readOnly?: boolean;
  autoFocus?: boolean;
  /** Shows line numbers, because errors name lines. */
  isNumbered?: boolean;
  /** Not Markdown: the editor continues no lists. */
  isCode?: boolean;
  /** Takes the focus when it appears. */
  takesFocus?: boolean;
  fault?: TextFault | null;
}

export type EditorProps = MarkdownFieldProps & {
  /** Set by the editor: puts the cursor at the beginning of a line. */
  goTo: RefObject<((line: number) => void) | null>;
};

/** Uses the page's colour variables, so that the editor follows the page's theme. */
const THEME = EditorView.theme({
  "&": { color: "var(--color-ink)", backgroundColor: "transparent", flex: "auto", minHeight: 0 },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: "var(--font-mono)",
    fontSize: "var(--field-size)",
    lineHeight: "18px",
    overflow: "auto",
  },
  ".cm-content": { padding: "8px 0", caretColor: "var(--color-ink)", fontVariantLigatures: "none" },
  ".cm-line": { padding: "0 10px" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--color-ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--color-selected)",
  },
  ".cm-placeholder": { color: "var(--color-ink-3)" },
  ".cm-gutters": { color: "var(--color-ink-3)", backgroundColor: "transparent", border: 0 },
  ".cm-line.wrong": { backgroundColor: "var(--color-fail-bg)" },
});

const NONE: Extension = [];

const SETUP = {
  lineNumbers: false,
  foldGutter: false,
  highlightActiveLine: false,
  highlightActiveLineGutter: false,
  // Its colours are fixed and unreadable in the dark theme.
  syntaxHighlighting: false,
  bracketMatching: false,
  closeBrackets: false,
  autocompletion: false,
  highlightSelectionMatches: false,
  searchKeymap: false,
  tabSize: 2,
};

export function CodeMirrorField(props: EditorProps) {
  const { value, onChange, label, describedBy, readOnly, autoFocus, isNumbered = false, isCode = false } = props;
  const { fault = null, goTo } = props;
  const line = fault?.line ?? null;
  const isWrong = fault !== null;
  const setup = useMemo(() => ({ ...SETUP, lineNumbers: isNumbered }), [isNumbered]);
  const { language, load } = useMarkdown();
  const extensions = useMemo(() => {
    const attributes = {
      "aria-label": label,
      // Lets the keyboard focus and scroll a read-only editor.
      tabindex: "0",
      ...(describedBy && { "aria-describedby": describedBy }),
      ...(isWrong && { "aria-invalid": "true" }),
    };
    return [
      language,
      THEME,
      EditorView.lineWrapping,
      EditorView.cspNonce.of(pageNonce()),
      EditorView.contentAttributes.of(readOnly ? { ...attributes, "aria-readonly": "true" } : attributes),
      ...(line === null ? [] : [marked(line)]),
    ];
  }, [language, label, describedBy, readOnly, isWrong, line]);
  return (
    <CodeMirror
      value={value}
      onChange={onChange}
      extensions={extensions}
      basicSetup={setup}
      theme="none"
      indentWithTab={false}
      editable={!readOnly}
      readOnly={readOnly}
      autoFocus={autoFocus}
      onFocus={isCode ? undefined : load}
      onCreateEditor={(view) => {
        goTo.current = (at) => {
          const { from } = view.state.doc.line(Math.min(Math.max(1, at), view.state.doc.lines));
          view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
          view.focus();
        };
      }}
    />
  );
}

/**
 * Returns the extension that continues lists while one types, and a function that loads it. It brings the parsers of three
 * more languages, so it loads when the editor gets the focus; without it, the editor still takes text.
 */
function useMarkdown() {
  const [language, setLanguage] = useState(NONE);
  const load = useCallback(() => {
    import("@codemirror/lang-markdown").then(
      ({ markdown }) => setLanguage((before) => (before === NONE ? markdown() : before)),
      () => {},
    );
  }, []);
  return { language, load };
}

/** Returns an extension that marks a faulty line. The mark stays until the text is checked again. */
function marked(line: number): Extension {
  const wrong = Decoration.line({ class: "wrong" });
  return EditorView.decorations.compute(["doc"], ({ doc }) =>
    line > doc.lines ? Decoration.none : Decoration.set([wrong.range(doc.line(line).from)]),
  );
}

/** Returns the CSP nonce of the document. Pages opened by client-side navigation still use the first page's nonce. */
function pageNonce(): string {
  return document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "";
}
