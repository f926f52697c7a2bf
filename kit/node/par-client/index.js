// SPDX-License-Identifier: ISC
'use strict';
/*
 * Queues of par-queue(1) in Node 18 or later: see par-client-node(7).
 *
 *	const { Queue } = require('par-client');
 *
 *	const queue = new Queue('fib');
 *	const [id] = await queue.put(['90']);
 *	console.log(String(await queue.result(id)));
 *
 * par-queue does it all, through pipes; what has been accepted has one result, or is dead
 * with a reason, whatever is killed.
 */

const { spawn } = require('node:child_process');
const { once } = require('node:events');

const RECORD_MOST = 256 << 20; // bytes, as par-queue has it
const SEND_AT_ONCE = 1 << 16;
const NEWLINE = 10;
const TAB = 9;
const DEAD = 45; // '-'
const STOPPED = 4; // the exit status
const UNESCAPES = { '\\': '\\', t: '\t', n: '\n', r: '\r', 0: '\0' };

class GivenUp extends Error {
  /* of four fields: the record, tries, reason, last words */
  constructor(line) {
    const [, tries, reason, lastWords] = String(line)
      .split('\t')
      .map((field) => field.replace(/\\([\\tnr0])/g, (_, name) => UNESCAPES[name]));
    super(`${reason}, at ${tries} tries${lastWords ? `; its last words: ${lastWords}` : ''}`);
    this.reason = reason;
    this.tries = Number(tries);
    this.lastWords = lastWords;
  }
}

class QueueError extends Error {
  constructor(why, ids = []) {
    super(why);
    this.ids = ids;
  }
}

/* Lines of bytes, without newlines. */
async function* linesOf(stream) {
  let parts = []; // of one that is not whole
  for await (const chunk of stream) {
    let from = 0;
    for (let end; (end = chunk.indexOf(NEWLINE, from)) >= 0; from = end + 1) {
      const last = chunk.subarray(from, end);
      yield parts.length > 0 ? Buffer.concat([...parts, last]) : last;
      parts = [];
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
  }
}

/* Write records to a child, until it has ended. */
async function send(records, child) {
  let parts = [];
  let size = 0;
  const flush = async () => {
    const more = child.stdin.write(Buffer.concat(parts, size));
    if (!more) await Promise.race([once(child.stdin, 'drain'), child.ended]);
    parts = [];
    size = 0;
  };
  for await (const record of records) {
    const data = Buffer.from(record);
    if (data.includes(NEWLINE) || data.length > RECORD_MOST)
      throw new RangeError('a record has a newline, or is too long');
    parts.push(data, Buffer.of(NEWLINE));
    size += data.length + 1;
    if (size >= SEND_AT_ONCE) await flush();
    if (child.stdin.destroyed) return;
  }
  await flush();
}

class Queue {
  #program;
  #where;
  #children = new Set(); // that read results
  #reader; // the promise of its end
  #reading; // its child
  #answers = new Map();
  #waiters = new Map();
  #trouble;

  constructor(name, { url, options = [], parQueue = 'par-queue' } = {}) {
    this.#program = parQueue;
    this.#where = [...options, ...(url === undefined ? [] : [`--url=${url}`]), name];
  }

  #begin(verb, ...words) {
    const child = spawn(this.#program, [verb, ...words, ...this.#where], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.on('error', () => {}); // its status tells more
    child.ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status, signal) => resolve(status ?? signal));
    });
    child.ended.catch(() => {});
    return child;
  }

  async put(records, ...words) {
    const child = this.#begin('put', '--ids', '--chunk=1', `--max-record=${RECORD_MOST}`, ...words);
    const ids = [];
    let trouble;
    const sent = send(records, child).then(
      () => child.stdin.end(),
      (error) => {
        if (!child.stdin.errored) trouble = error;
        child.stdin.end();
      },
    );
    for await (const line of linesOf(child.stdout)) ids.push(parseInt(line, 10));
    const status = await child.ended;
    await sent;
    if (trouble) throw trouble;
    if (status !== 0) throw new QueueError(`par-queue put ended with status ${status}`, ids);
    return ids;
  }

  async *follow() {
    yield* this.#follow(this.#begin('get', '--follow', '--dead', '--ack'));
  }

  async *#follow(child) {
    let result = [];
    this.#children.add(child);
    try {
      for await (const line of linesOf(child.stdout)) {
        const tab = line.indexOf(TAB);
        if (line[0] === DEAD) {
          const id = parseInt(line.subarray(1, tab), 10);
          yield { id, error: new GivenUp(line.subarray(tab + 1)) };
        } else if (tab >= 0) {
          result.push(line.subarray(tab + 1));
        } else {
          const whole = result;
          result = [];
          yield { id: parseInt(line, 10), result: whole };
        }
        child.stdin.write('\n');
      }
      const status = await child.ended;
      if (status !== STOPPED) throw new QueueError(`par-queue get ended with status ${status}`);
    } finally {
      this.#children.delete(child);
      child.kill();
      child.stdout.destroy();
      child.stdin.destroy();
      await child.ended.catch(() => {});
    }
  }

  /* Have the process live for what is waited for, and not for other results. */
  #live() {
    const what = this.#waiters.size > 0 ? 'ref' : 'unref';
    for (const one of [this.#reading, this.#reading.stdin, this.#reading.stdout]) one[what]();
  }

  async #read() {
    let trouble = new QueueError('the queue was closed');
    try {
      for await (const answer of this.#follow(this.#reading)) {
        const waiter = this.#waiters.get(answer.id);
        if (waiter) waiter(answer);
        else this.#answers.set(answer.id, answer);
      }
    } catch (error) {
      trouble = error;
    }
    this.#trouble = trouble;
    for (const waiter of [...this.#waiters.values()]) waiter({ error: trouble });
  }

  async result(id, { signal } = {}) {
    signal?.throwIfAborted();
    let answer = this.#answers.get(id);
    if (answer) {
      this.#answers.delete(id);
    } else if (this.#trouble) {
      throw this.#trouble;
    } else {
      if (this.#waiters.has(id)) throw new QueueError(`the result of ${id} is waited for already`);
      this.#reading ??= this.#begin('get', '--follow', '--dead', '--ack');
      this.#reader ??= this.#read();
      const abort = () => this.#waiters.get(id)?.({ error: signal.reason });
      answer = await new Promise((resolve) => {
        this.#waiters.set(id, (what) => {
          this.#waiters.delete(id);
          this.#live();
          resolve(what);
        });
        this.#live();
        signal?.addEventListener('abort', abort);
      });
      signal?.removeEventListener('abort', abort);
    }
    if (answer.error) throw answer.error;
    return answer.result;
  }

  async close() {
    const ends = [...this.#children].map((child) => child.ended.catch(() => {}));
    for (const child of this.#children) child.kill();
    await Promise.all([...ends, this.#reader]);
  }
}

module.exports = { GivenUp, Queue, QueueError };
