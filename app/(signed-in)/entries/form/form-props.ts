export interface FormProps<Fields> {
  fields: Fields;
  change: (fields: Partial<Fields>) => void;
  readOnly: boolean;
}
