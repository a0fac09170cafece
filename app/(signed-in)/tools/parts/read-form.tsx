import type { ReactNode } from "react";
import { Field } from "@/components/ui/forms/field";
import type { Form } from "@/components/ui/forms/use-form";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { StepButtons } from "./step-buttons";

interface ReadFormProps {
  label: string;
  placeholder: string;
  /** The button's label, such as “Read card”. */
  action: string;
  url: string;
  setUrl: (url: string) => void;
  form: Form;
  isReading: boolean;
  read: () => void;
  onClose: () => void;
  /** Another way to give what is read. */
  children?: ReactNode;
}

/** The first step of adding an API or an agent: the address that describes it is read. */
export function ReadForm(props: ReadFormProps) {
  const { label, placeholder, action, url, setUrl, form, isReading, read, onClose, children } = props;
  return (
    <form
      {...form.props}
      className="stack mt-3"
      onSubmit={(event) => {
        event.preventDefault();
        read();
      }}
    >
      <Field form={form} name="url" label={label}>
        <input
          {...form.register("url")}
          type="text"
          className="font-mono text-mono"
          value={url}
          placeholder={placeholder}
          onChange={(event) => setUrl(event.target.value)}
        />
      </Field>
      {children}
      <OutcomeLine outcome={form.rest} />
      <StepButtons action={isReading ? "Reading…" : action} isOff={isReading || url.trim() === ""} onCancel={onClose} />
    </form>
  );
}
