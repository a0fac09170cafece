import type { Form } from "@/components/ui/forms/use-form";

export interface FormProps<Fields> {
  fields: Fields;
  change: (fields: Partial<Fields>) => void;
  readOnly: boolean;
  /** Shows what the server refused; absent for fields that nobody changes. */
  form?: Form | undefined;
}
