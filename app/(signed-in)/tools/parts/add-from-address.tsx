"use client";

import { type ReactNode, useState } from "react";
import { type Form, useForm } from "@/components/ui/forms/use-form";
import { Card } from "@/components/ui/page/card";
import { ReadForm } from "./read-form";
import { type Previewed, usePreview } from "./use-preview";

interface AddFromAddressProps<Source, Preview> {
  id: string;
  title: string;
  label: string;
  placeholder: string;
  /** The button's label, such as “Read card”. */
  action: string;
  /** The address of a known API or agent; empty for a new one. */
  address: string;
  sourceAt: (url: string) => Source;
  preview: (source: Source) => Promise<Previewed<Preview>>;
  /** Another way to give what is read. */
  otherSource?: (read: (source: Source) => void, form: Form) => ReactNode;
  /** The form of what was read. */
  form: (source: Source, preview: Preview, onBack: () => void) => ReactNode;
  onClose: () => void;
}

/** Adds or changes an API or an outside agent: first its description is read, then a person chooses what agents can use. */
export function AddFromAddress<Source, Preview>(props: AddFromAddressProps<Source, Preview>) {
  const { id, title, label, placeholder, action, sourceAt, otherSource, form, onClose } = props;
  const [url, setUrl] = useState(props.address);
  const reading = useForm();
  const { look, isReading, read: readFrom, forget } = usePreview(props.preview);

  async function read(source: Source): Promise<void> {
    reading.say(null);
    const found = await readFrom(source);
    if (found?.ok === false) reading.say(found);
  }
  return (
    <Card as="section" className="mb-6" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {look?.ok ? (
        form(look.source, look.preview, forget)
      ) : (
        <ReadForm
          label={label}
          placeholder={placeholder}
          action={action}
          url={url}
          setUrl={setUrl}
          form={reading}
          isReading={isReading}
          onClose={onClose}
          read={() => void read(sourceAt(url))}
        >
          {otherSource?.((source) => void read(source), reading)}
        </ReadForm>
      )}
    </Card>
  );
}
