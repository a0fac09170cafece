"use client";

import { type FormEvent, type ReactNode, useId, useLayoutEffect, useRef, useState } from "react";
import { Hint } from "../hint";
import { type Outcome, useAction } from "../hooks/use-action";

/** What marks a field: its name, and the error that the last answer found in it. */
interface Registered {
  id: string;
  name: string;
  "aria-invalid"?: true;
  "aria-describedby"?: string;
}

export interface Form extends ReturnType<typeof useAction> {
  /** For the element around the fields: a changed field loses its error. */
  props: { ref: (element: HTMLElement | null) => void; onChange: (event: FormEvent) => void };
  /** Returns the attributes of a field. `name` is its path in the input, with dots; `describedBy` its usual hint. */
  register: (name: string, describedBy?: string) => Registered;
  /** The id that `register` gives a field, for its label. */
  idOf: (name: string) => string;
  /** Returns the error of a field, for below the field. */
  fault: (name: string, className?: string) => ReactNode;
  /** Returns the errors of narrow fields in a row, for below the row. */
  faultsBelow: () => ReactNode;
  /** Returns the error of a text field that shows it by itself. */
  textFault: (name: string) => { line: null; sentence: string } | null;
  /** Removes the error of a field that sends no change event. */
  clear: (name: string) => void;
  /** Refuses a value that is wrong before anything is sent. */
  refuse: (name: string, sentence: string) => void;
  /** The last outcome, or null while the fields say what is wrong. */
  rest: Outcome | null;
}

/** A field that is marked. A picker is a button, which cannot be invalid to a screen reader; its description says it. */
const WRONG = "[aria-invalid=true], [data-wrong]";

/** Runs the action of a form, and shows each error of the server's answer at its field. */
export function useForm(): Form {
  const action = useAction();
  const { outcome, say } = action;
  const id = useId();
  const element = useRef<HTMLElement>(null);
  const [isAtFields, setAtFields] = useState(false);
  /** The answer whose fields were looked for. A correction makes a new outcome, which must not move the focus. */
  const corrected = useRef<Outcome>(null);
  const issues = (outcome?.ok === false && outcome.issues) || [];
  const idOf = (name: string) => `${id}${name}`;
  const sentenceOf = (name: string) => issues.find(({ path }) => isIn(name, path.join(".")))?.message;

  useLayoutEffect(() => {
    if (outcome === corrected.current) return;
    // The order of the page, not that of the answer.
    const wrong = element.current?.querySelector<HTMLElement>(WRONG);
    setAtFields(Boolean(wrong));
    wrong?.focus();
  }, [outcome]);

  function fault(name: string, className?: string): ReactNode {
    const sentence = sentenceOf(name);
    return sentence === undefined ? null : (
      <Hint key={name} isBad role="alert" className={className} id={`${idOf(name)}-fault`}>
        {sentence}
      </Hint>
    );
  }
  function clear(name: string): void {
    if (!name || sentenceOf(name) === undefined) return;
    const left = issues.filter(({ path }) => !isIn(name, path.join(".")));
    corrected.current = outcome && left.length > 0 ? { ...outcome, issues: left } : null;
    say(corrected.current);
  }
  return {
    ...action,
    props: {
      ref: (current) => {
        element.current = current;
      },
      onChange: ({ target }) => clear((target as HTMLInputElement).name),
    },
    register: (name, describedBy) =>
      sentenceOf(name) === undefined
        ? { id: idOf(name), name, "aria-describedby": describedBy }
        : { id: idOf(name), name, "aria-invalid": true, "aria-describedby": `${idOf(name)}-fault` },
    idOf,
    fault,
    faultsBelow: () => [...new Set(issues.map(({ path }) => path.join(".")))].map((name) => fault(name)),
    textFault: (name) => {
      const sentence = sentenceOf(name);
      return sentence === undefined ? null : { line: null, sentence };
    },
    clear,
    refuse: (name, sentence) => say({ ok: false, sentence, issues: [{ path: name.split("."), message: sentence }] }),
    rest: isAtFields && issues.length > 0 ? null : outcome,
  };
}

/** Whether an issue at `path` belongs to the field, or to a part of its value. */
function isIn(name: string, path: string): boolean {
  return path === name || path.startsWith(`${name}.`);
}
