/** Drives a form without a browser: renders it, lets a person type, renders it with other props, and submits it. */
import { isValidElement, type JSX, type ReactElement, type ReactNode, useState } from "react";
import { renderToStaticMarkup } from "react-dom/server";

type Element = ReactElement<Record<string, unknown> & { children?: ReactNode }>;
type Handler = (event: unknown) => void;

export interface DrivenForm {
  /** Returns the value of the field with this name or `aria-label`. */
  value: (name: string) => unknown;
  type: (name: string, value: string) => void;
  choose: (name: string, index: number) => void;
  submit: () => void;
  /** Presses the button with this label. */
  press: (label: string) => void;
  /** Returns what the page says. */
  text: () => string;
}

interface Step {
  element: JSX.Element;
  act?: (form: DrivenForm) => void;
}

/**
 * Renders the first element, lets its `act` use the form, then renders the next with the same state. All are of one
 * component. Its components run as parts of one, whose state React keeps when it renders again at once.
 */
export function driveForm(...steps: readonly Step[]): void {
  let acted = -1;
  function Page() {
    const [at, setAt] = useState(0);
    const { element, act } = steps[at] as Step;
    const found = partsOf(element);
    // Once: what it does renders the page again.
    if (acted < at) act?.(formOf(found));
    acted = Math.max(acted, at);
    if (at + 1 < steps.length) setAt(at + 1);
    return null;
  }
  renderToStaticMarkup(<Page />);
}

function formOf(page: readonly (Element | string)[]): DrivenForm {
  const all = page.filter((part) => typeof part !== "string");
  const field = (name: string) => {
    const found = all.find(({ props }) => (props.name ?? props["aria-label"]) === name);
    if (!found)
      throw new Error(`The form has no field ${name}: it has ${all.map(({ props }) => props.name).join(" ")}.`);
    return found.props;
  };
  const change = (name: string, target: object) => (field(name).onChange as Handler)({ target: { name, ...target } });
  return {
    value: (name) => field(name).value,
    type: (name, value) => change(name, { value }),
    choose: (name, index) => change(name, { selectedIndex: index }),
    text: () => textOf(page),
    press: (label) => {
      const button = all.find(({ type, props }) => type === "button" && textOf(partsOf(props.children)) === label);
      if (!button) throw new Error(`There is no button ${label}.`);
      (button.props.onClick as Handler)({});
    },
    submit() {
      for (const { type, props } of all)
        if (type === "form") (props.onSubmit as Handler)({ preventDefault() {}, stopPropagation() {} });
    },
  };
}

/** Returns the elements of HTML and the texts, in the order of the page. */
function partsOf(node: ReactNode): (Element | string)[] {
  if (Array.isArray(node)) return node.flatMap(partsOf);
  if (typeof node === "string" || typeof node === "number") return [String(node)];
  if (!isValidElement(node)) return [];
  const { type, props } = node as Element;
  if (typeof type === "function") return partsOf((type as (given: unknown) => ReactNode)(props));
  const below = partsOf(props.children);
  return typeof type === "string" ? [node as Element, ...below] : below;
}

function textOf(parts: readonly (Element | string)[]): string {
  return parts.filter((part) => typeof part === "string").join("");
}
