// SPDX-License-Identifier: ISC
/// <reference types="node" />

/** A record, without its newline; text is written as UTF-8. */
export type Line = string | Uint8Array;

/** A record is dead. */
export class GivenUp extends Error {
  readonly reason: string;
  readonly tries: number;
  /** The last line that its stage wrote to standard error. */
  readonly lastWords: string;
}

/** par-queue could not go on; it has said why on standard error. */
export class QueueError extends Error {
  /** Of those that were put, the ids of what it had accepted. */
  readonly ids: number[];
}

export type Answer =
  | { id: number; result: Buffer[]; error?: undefined }
  | { id: number; result?: undefined; error: GivenUp };

export class Queue {
  constructor(
    name: string,
    options?: {
      /** Where queues are, as for par-queue. */
      url?: string;
      /** Words for all verbs, as '--password-file=FILE'. */
      options?: string[];
      /** Where that program is: on PATH. */
      parQueue?: string;
    },
  );
  /** Put records into the queue; the id of each.  Words are for par-queue put. */
  put(records: Iterable<Line> | AsyncIterable<Line>, ...words: string[]): Promise<number[]>;
  /** The result of a record: what its stage wrote.  It is given once; a GivenUp is thrown. */
  result(id: number, options?: { signal?: AbortSignal }): Promise<Buffer[]>;
  /** Each record as it is finished; it is deleted when the next one is asked for. */
  follow(): AsyncGenerator<Answer, void, void>;
  /** Read no more results. */
  close(): Promise<void>;
}
