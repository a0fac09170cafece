/** What goes wrong between this machine and a bucket, as one sentence that says what to do. */
/** A failure of the bucket, or of what is in it. `isPassing`: the same request may succeed in a moment. */
export class BucketError extends Error {
  override name = "BucketError";
  /** The storage's code, by its answer's status where it gave none; null without an answer. */
  readonly code: string | null;
  constructor(
    message: string,
    readonly isPassing = false,
    { code = null, ...options }: ErrorOptions & { code?: string | null } = {},
  ) {
    super(message, options);
    this.code = code;
  }
}

/** An object in the bucket is no whole backup, whatever the key. Sending the backup again mends it. */
export class DamagedError extends BucketError {
  override name = "DamagedError";
}

interface Place {
  host: string;
  bucket: string;
}

/** Sentences by the codes that Amazon and storages like it answer with. `host` and `bucket` are the settings'. */
const BY_CODE: Record<string, (host: string, bucket: string) => string> = {
  NoSuchBucket: (host, bucket) =>
    `${host} has no bucket “${bucket}”: create it there, or correct BANYAN_BACKUP_S3_URL.`,
  NoSuchKey: (host, bucket) =>
    `The backup is not in the bucket “${bucket}” of ${host}: list those that are with \`npx banyan backup --list\`.`,
  InvalidAccessKeyId: (host) => `${host} does not know the access key: correct BANYAN_BACKUP_S3_KEY_ID.`,
  // OpenStack Swift answers so also when it does not know the access key.
  SignatureDoesNotMatch: (host) =>
    `${host} refused the signature: correct BANYAN_BACKUP_S3_SECRET or BANYAN_BACKUP_S3_KEY_ID.`,
  AccessDenied: (host, bucket) =>
    `${host} does not allow this access key to use the bucket “${bucket}”: let it list the bucket, and read, write and delete its objects.`,
  RequestTimeTooSkewed: (host) =>
    `The clocks of this machine and of ${host} differ by too much: set this machine's clock, for instance with \`timedatectl set-ntp true\`.`,
  AuthorizationHeaderMalformed: (host, bucket) =>
    `${host} keeps the bucket “${bucket}” in another region: set BANYAN_BACKUP_S3_REGION to that region.`,
};
const ALIKE: Record<string, string> = {
  AllAccessDisabled: "AccessDenied",
  AccountProblem: "AccessDenied",
  PermanentRedirect: "AuthorizationHeaderMalformed",
  InvalidRegion: "AuthorizationHeaderMalformed",
};
/** Codes of storages that are full; each has its own. */
const FULL = ["QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "InsufficientCapacity"];
const FULL_STATUS = 507;
/** Codes of passing faults that come with a status that says nothing. */
const PASSING = [
  "InternalError",
  "SlowDown",
  "RequestTimeout",
  "ServiceUnavailable",
  "BadDigest",
  "XAmzContentSHA256Mismatch",
];
/** Without a code, as an answer to HEAD, the status is all there is. */
const CODE_OF_STATUS: Record<number, string> = { 301: "PermanentRedirect", 403: "AccessDenied", 404: "NoSuchKey" };

/** Returns the failure of a request that the storage refused. `code`: its own; null when it gave none. */
export function refused({ status, code }: { status: number; code: string | null }, place: Place): BucketError {
  const { host, bucket } = place;
  const given = code ?? CODE_OF_STATUS[status] ?? "";
  if (FULL.includes(given) || status === FULL_STATUS)
    return new BucketError(
      `The bucket “${bucket}” of ${host} is full: delete what is not needed there, or raise its limit.`,
    );
  const sentence = BY_CODE[ALIKE[given] ?? given];
  if (sentence) return new BucketError(sentence(host, bucket), false, { code: given });
  const answer = `${host} answered with status ${status}${given && ` (${given})`}`;
  if (status >= 500 || status === 429 || PASSING.includes(given))
    return new BucketError(`${answer}: the storage has a fault of its own, so try again later.`, true);
  return new BucketError(`${answer}: check that BANYAN_BACKUP_S3_URL is the address of a bucket.`, false, {
    code: given,
  });
}

/** Returns the failure of a request without a whole answer. */
export function noAnswer(error: unknown, { host }: Place): BucketError {
  const why = codeOf(error) ?? "no answer";
  const sentence = `${host} cannot be reached (${why}): check BANYAN_BACKUP_S3_URL and the network of this machine.`;
  return new BucketError(sentence, true, { cause: error });
}

/** Returns the system's code of a connection that failed, or says that the time was up. */
function codeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at.name === "TimeoutError") return "no answer in time";
    if ("code" in at && typeof at.code === "string") return at.code;
  }
  return undefined;
}
