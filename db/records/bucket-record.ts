/** What the database knows about its backups in a bucket: the last copy and its proof, and the process that works on it. */
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { ProcessIdentity } from "@/db/file/process-identity";
import type { Writes } from "@/db/file/writes";

interface BucketCopy {
  /** The name of the backup, as in the folder. */
  name: string;
  /** Of the encrypted file. */
  sizeBytes: number;
  atMs: number;
}

interface BucketProof {
  name: string;
  atMs: number;
  trees: number;
  messages: number;
}

export interface BucketClaim {
  holder: ProcessIdentity;
  begunAtMs: number;
  /** The last sign of life, about one a minute. */
  seenAtMs: number;
  /** An upload in parts that has begun and not ended. */
  upload: BucketUpload | null;
  /** Host, bucket and folder. */
  address: string;
}

/** An upload in parts. Until it is ended, the storage keeps its parts, lists them nowhere and charges for them. */
interface BucketUpload {
  object: string;
  id: string;
}

/** What tells a claim from an earlier or later one. */
type OwnClaim = Pick<BucketClaim, "holder" | "begunAtMs">;

interface BucketFailure {
  step: "copy" | "proof";
  /** The backup that was copied or proven; "" where it is not known. */
  name: string;
  sentence: string;
  atMs: number;
  /** How often this step has failed for this backup. */
  tries: number;
  /** The copy in the bucket is no whole backup: it has to be sent again. */
  isDamaged: boolean;
}

export interface BucketRecord {
  /** The last backup that arrived whole. */
  copy: BucketCopy | null;
  /** The last copy that was fetched, decrypted and restored. */
  proof: BucketProof | null;
  /** The last failure of a copy or its proof; null after both succeeded. */
  failure: BucketFailure | null;
  /** Scheduled backups that this installation has put there and not removed. Others may share the folder. */
  held: string[];
  /** Those of them whose copy was found damaged and was not sent again. */
  damaged: string[];
  /** Uploads that failed or whose process is gone: to be ended. */
  left: BucketUpload[];
  claim: BucketClaim | null;
}

export interface BucketRecords {
  /** Returns what is known of the bucket at this address: with another address than before, nothing is there yet. */
  read(address: string): BucketRecord;
  /** Claims the work on the bucket, and forgets a bucket at another address. Resolves with false, and changes nothing, when `mayClaim` returns false for the present record. */
  claim(claim: BucketClaim, mayClaim: (record: BucketRecord) => boolean): Promise<boolean>;
  /** Notes a sign of life of the claim's holder, or its upload in parts. Resolves with false when another process has the claim. */
  sign(own: OwnClaim, change: Partial<Pick<BucketClaim, "seenAtMs" | "upload">>): Promise<boolean>;
  /** Records a copy that arrived; `isHeld`: the schedule removes it when its time has come. */
  copied(copy: BucketCopy, isHeld: boolean): Promise<void>;
  proven(proof: BucketProof): Promise<void>;
  removed(name: string): Promise<void>;
  /** Notes that an upload in parts that was left is ended. */
  uploadEnded(id: string): Promise<void>;
  /**
   * Ends the claim, if it is still the own one, with what has failed. Failures of the same step and backup are counted; a copy
   * that is damaged is no longer proven.
   */
  release(own: OwnClaim, failure?: NewFailure): Promise<void>;
}

type NewFailure = Omit<BucketFailure, "tries">;

const FACT = "bucket";
/** `address` is absent in records of earlier versions. */
type StoredRecord = BucketRecord & { address?: string };

const NONE: BucketRecord = { copy: null, proof: null, failure: null, held: [], damaged: [], left: [], claim: null };

export function createBucketRecords(sqlite: Sqlite, log: Writes): BucketRecords {
  const facts = createFacts(sqlite);
  const stored = (): StoredRecord => {
    const { failure = null, ...record } = JSON.parse(facts.read(FACT) ?? "{}");
    return { ...NONE, ...record, failure: failure && { name: "", tries: 1, isDamaged: false, ...failure } };
  };
  const read = (address: string): BucketRecord => {
    const { address: known = address, ...record } = stored();
    return known === address ? record : { ...NONE, claim: record.claim };
  };
  const change = (make: (record: BucketRecord) => Partial<BucketRecord>) =>
    log.write(() => {
      const record = stored();
      facts.write(FACT, JSON.stringify({ ...record, ...make(record) }));
    });
  return {
    read,
    claim: (claim, mayClaim) =>
      log.write(() => {
        const { address } = claim;
        const record = read(address);
        if (!mayClaim(record)) return false;
        facts.write(FACT, JSON.stringify({ ...record, address, left: leftIn(record), claim }));
        return true;
      }),
    sign: (own, given) =>
      log.write(() => {
        const record = stored();
        if (!isOwn(record.claim, own)) return false;
        facts.write(FACT, JSON.stringify({ ...record, claim: { ...record.claim, ...given } }));
        return true;
      }),
    copied: (copy, isHeld) =>
      change(({ held, failure, damaged }) => ({
        copy,
        damaged: damaged.filter((name) => name !== copy.name),
        failure: failure && { ...failure, isDamaged: false },
        ...(isHeld && !held.includes(copy.name) && { held: [...held, copy.name] }),
      })),
    proven: (proof) =>
      change(({ damaged }) => ({ proof, failure: null, damaged: damaged.filter((name) => name !== proof.name) })),
    removed: (removed) =>
      change(({ held, damaged }) => ({
        held: held.filter((name) => name !== removed),
        damaged: damaged.filter((name) => name !== removed),
      })),
    uploadEnded: (id) => change(({ left }) => ({ left: left.filter((upload) => upload.id !== id) })),
    release: (own, failure) =>
      change((record) => {
        if (!isOwn(record.claim, own)) return {};
        return { ...(failure && failed(record, failure)), left: leftIn(record), claim: null };
      }),
  };
}

function failed({ failure: last, proof, held, damaged }: BucketRecord, failure: NewFailure): Partial<BucketRecord> {
  const isAgain = last?.step === failure.step && last.name === failure.name;
  return {
    failure: { ...failure, tries: isAgain ? last.tries + 1 : 1 },
    ...(failure.isDamaged && proof?.name === failure.name && { proof: null }),
    ...(failure.isDamaged && held.includes(failure.name) && { damaged: [...new Set([...damaged, failure.name])] }),
  };
}

/** Returns what is left to end when the present claim is over. */
function leftIn({ left, claim }: BucketRecord): BucketUpload[] {
  return claim?.upload ? [...left, claim.upload] : left;
}

function isOwn(claim: BucketClaim | null, own: OwnClaim): claim is BucketClaim {
  if (claim === null || claim.begunAtMs !== own.begunAtMs) return false;
  const { holder } = claim;
  return (["pid", "pidNamespace", "processStart", "bootId"] as const).every(
    (part) => holder[part] === own.holder[part],
  );
}
