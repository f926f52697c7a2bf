// SPDX-License-Identifier: ISC
/// <reference types="node" />

/** A record, without its newline; text is written as UTF-8. */
export type Line = string | Uint8Array;

/** No output, a record, or several of them. */
export type Output = void | null | undefined | Line | Iterable<Line> | AsyncIterable<Line>;

export interface Options {
  /** How many records are worked on at the same time: 1. */
  jobs?: number;
  /** The largest number of records that the supervisor should have in flight: it chooses. */
  window?: number;
  /** More records may be wanted before those at hand are finished. */
  ahead?: boolean;
  /** The output is not records, but any bytes. */
  raw?: boolean;
  /** Longer records, in bytes, are failed, and not seen: 64 MiB. */
  maxRecord?: number;
  /** Descriptors: 0 and 1. */
  input?: number;
  output?: number;
}

/** Thrown for a record that cannot be done. */
export class Fail extends Error {}

/** Thrown for a record that cannot be done for now. */
export class Retry extends Error {}

export class Record {
  private constructor();
  /** The record without its newline. */
  readonly data: Buffer;
  /** Its place among those that came, from 0. */
  readonly number: number;
  /** The record as text; what is no UTF-8 is lost. */
  readonly text: string;
  /** Its fields, unescaped. */
  readonly fields: Buffer[];
  /** Add records to its output, each without its newline. */
  put(...lines: Line[]): void;
  /** Add bytes to its output, as they are. */
  write(data: Line): void;
  /** It is done. */
  done(): void;
  /** It cannot be done. */
  fail(why?: string): void;
  /** It cannot be done for now. */
  retry(why?: string): void;
}

export class Stage implements AsyncIterable<Record> {
  constructor(options?: Options);
  /** Is there a supervisor? */
  readonly supervised: boolean;
  /** The exit status that the process should have. */
  readonly status: 0 | 1;
  /** Send what is finished now, as before a long computation. */
  flush(): Promise<void>;
  [Symbol.asyncIterator](): AsyncIterator<Record, undefined>;
}

export interface Answers<T> {
  /** The function itself. */
  (record: Buffer): T;
  /** Answer all records, and end the process as a filter does. */
  main(): void;
  /** Answer all records; the exit status that the process should have. */
  run(): Promise<0 | 1>;
}

/** Make a stage of a function of a record. */
export function stage<T extends Output | Promise<Output>>(
  work: (record: Buffer) => T,
  options?: Options,
): Answers<T>;

/** A field as it stands in a record of par-record(5). */
export function escape(field: string): string;
export function escape(field: Uint8Array): Buffer;

/** What escape() was given. */
export function unescape(field: string): string;
export function unescape(field: Uint8Array): Buffer;

/** The fields of a record, unescaped. */
export function fields(record: string): string[];
export function fields(record: Uint8Array): Buffer[];
