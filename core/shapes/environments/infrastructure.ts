/** What was found in the infrastructure files of a commit: Terraform, Kubernetes and Compose. */

export interface InfrastructureFinding {
  /** Below the folder of the commit. */
  file: string;
  /** null: it concerns the whole file. */
  line: number | null;
  /** What was found, as a sentence. */
  says: string;
}

/** What the check of a project's infrastructure files found. */
export interface Infrastructure {
  /** How many files were read. */
  files: number;
  /** What cannot work. */
  errors: InfrastructureFinding[];
  /** What a person should know. */
  warnings: InfrastructureFinding[];
  /** What could not be checked, and why. */
  not_checked: InfrastructureFinding[];
}
