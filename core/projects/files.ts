/** What is read of a repository to find its commands, and what is found. */

/** The files of a repository, relative to its folder, with `/`. */
export interface RepositoryFiles {
  paths: ReadonlySet<string>;
  /** Returns the text of a file; null when there is none, or when it is no text. */
  read(path: string): string | null;
}

/** A command that may show that the project works. */
export interface FoundCheck {
  /** The command as it would be run. */
  command: string;
  /** The file that says so. */
  from: string;
}

/** Files whose text says how a repository is tested. Of the others only the path counts. */
export const FOUND_FILES =
  /(^|\/)(package\.json|go\.work|Cargo\.toml|pyproject\.toml|setup\.cfg|tox\.ini|pytest\.ini|requirements(-dev)?\.txt|(GNUm|m|M)akefile|test_[^/]*\.py|[^/]*_test\.py)$/;
