// SPDX-License-Identifier: ISC
'use strict';
/*
 * Native stages of par-stage(7) in Node 18 or later: see par-stage-node(7).
 *
 * A function that answers one record:
 *
 *	const { stage } = require('par-stage');
 *
 *	stage((record) => `${2 * Number(record)}`).main();
 *
 * or a loop over the records:
 *
 *	for await (const record of new Stage()) {
 *		record.put(record.text.toUpperCase());
 *		record.done();
 *	}
 *
 * Output is told of when it has been written, in runs where the supervisor takes them.
 * Nothing here waits in a call: other work of the process goes on whoever is slow.
 */

const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { performance } = require('node:perf_hooks');
const { StringDecoder } = require('node:string_decoder');
const { setTimeout: after } = require('node:timers/promises');
const tty = require('node:tty');
const util = require('node:util');

const READ_SIZE = 256 << 10;
const SEND_AFTER = 128 << 10; // bytes of output
const SEND_EVERY = 10; // milliseconds: a supervisor gives more to one that it hears of
const LINE_MOST = 4096; // bytes of a line of par-stage(7)
const COUNTS_MOST = 150; // records in a line that has the bytes of each
const SHOWN = 256; // bytes of a record that is too long to be named whole
const NEWLINE = 10;
const PIPE_BUF = process.platform === 'linux' ? 4096 : 512; // bytes that a pipe keeps together

/* The record at hand cannot be done; the text is why. */
class Fail extends Error {}

/* The record at hand cannot be done for now; the text is why. */
class Retry extends Error {}

const ESCAPES = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\\0' };
const UNESCAPES = { '\\': '\\', t: '\t', n: '\n', r: '\r', 0: '\0' };

/* change(), which leaves all but ASCII alone, of text or of bytes */
function ofText(field, change) {
  if (typeof field === 'string') return change(field);
  const bytes = Buffer.from(field.buffer, field.byteOffset, field.byteLength);
  return Buffer.from(change(bytes.latin1Slice()), 'latin1');
}

function escape(field) {
  return ofText(field, (text) => text.replace(/[\\\t\n\r\0]/g, (raw) => ESCAPES[raw]));
}

function unescape(field) {
  return ofText(field, (text) => text.replace(/\\([\\tnr0])/g, (_, name) => UNESCAPES[name]));
}

function fields(record) {
  if (typeof record === 'string') return record.split('\t').map(unescape);
  return fields(Buffer.from(record).latin1Slice()).map((field) => Buffer.from(field, 'latin1'));
}

/* Bytes of others as text that upsets no terminal. */
function printable(data) {
  let text;
  try {
    text = new util.TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    text = Buffer.from(data).latin1Slice();
  }
  return text.replace(/(?! )[\p{C}\p{Z}]/gu, (char) => {
    const code = char.codePointAt(0).toString(16);
    return code.length > 2 ? `\\u{${code}}` : `\\x${code.padStart(2, '0')}`;
  });
}

function programName() {
  return path.basename(process.argv[1] || 'stage');
}

function say(words) {
  let rest = Buffer.from(`${programName()}: ${words}\n`);
  try {
    while (rest.length > 0) rest = rest.subarray(fs.writeSync(2, rest));
  } catch (error) {
    if (error.code === 'EAGAIN') process.stderr.write(rest);
  }
}

/* End as a filter does whose reader has gone; Node ignores that signal. */
function dieOf(signal) {
  const nothing = () => {};
  process.on(signal, nothing);
  process.removeListener(signal, nothing); // which leaves what the system does by itself
  process.kill(process.pid, signal);
  process.exit(141);
}

function isPipe(fd) {
  const about = fs.fstatSync(fd);
  return about.isFIFO() || about.isSocket();
}

/*
 * A description of our own of a pipe, if it can be had: that it does not block is then not
 * done to those who have the other one.
 */
function ownPipe(fd, flags) {
  try {
    if (fs.fstatSync(fd).isFIFO())
      return fs.openSync(`/dev/fd/${fd}`, flags | fs.constants.O_NONBLOCK);
  } catch {
    // it belongs to another user, or its other end is closed
  }
  return fd;
}

function openInput(fd) {
  if (tty.isatty(fd)) return new tty.ReadStream(fd);
  if (!isPipe(fd))
    return fs.createReadStream('', { fd, autoClose: false, highWaterMark: READ_SIZE });
  return new net.Socket({
    fd: ownPipe(fd, fs.constants.O_RDONLY),
    readable: true,
    writable: false,
    readableHighWaterMark: READ_SIZE,
  });
}

/*
 * A function that writes all of some bytes, to be awaited.  A pipe that others may write to
 * gets whole records at a time.
 */
function openOutput(fd, shared) {
  if (!isPipe(fd)) return (data) => writeFile(fd, data);
  const socket = new net.Socket({
    fd: ownPipe(fd, fs.constants.O_WRONLY),
    readable: false,
    writable: true,
  });
  socket.on('error', () => {}); // it is that of the write
  const write = util.promisify(socket.write.bind(socket));
  if (!shared) return write;
  return async (data) => {
    for (const records of pieces(data)) await write(records);
  };
}

/* As many whole records as a pipe keeps together, or a longer one. */
function* pieces(data) {
  for (let from = 0, to; from < data.length; from = to) {
    to = from + PIPE_BUF;
    if (to < data.length) to = data.lastIndexOf(NEWLINE, to - 1) + 1;
    if (to <= from) to = data.indexOf(NEWLINE, from) + 1 || data.length;
    yield data.subarray(from, to);
  }
}

async function writeFile(fd, data) {
  const write = util.promisify(fs.write);
  let rest = data;
  while (rest.length > 0) {
    try {
      const { bytesWritten } = await write(fd, rest);
      rest = rest.subarray(bytesWritten);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      await after(SEND_EVERY); // a terminal that others do not wait for
    }
  }
}

/* Bytes that grow. */
class Bytes {
  constructor() {
    this.data = Buffer.allocUnsafeSlow(SEND_AFTER);
    this.spare = null;
    this.size = 0;
  }

  add(part) {
    if (typeof part === 'string') {
      this.room(part.length < SHOWN ? 3 * part.length : Buffer.byteLength(part));
      this.size += this.data.write(part, this.size);
    } else {
      this.room(part.length);
      this.data.set(part, this.size);
      this.size += part.length;
    }
  }

  addNewline() {
    this.room(1);
    this.data[this.size++] = NEWLINE;
  }

  room(more) {
    if (this.size + more <= this.data.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * this.data.length + more);
    this.data.copy(larger, 0, 0, this.size);
    this.data = larger;
  }

  /* All of them; the room comes back by giveBack(). */
  take() {
    const taken = this.data.subarray(0, this.size);
    this.data = this.spare ?? Buffer.allocUnsafeSlow(SEND_AFTER);
    this.spare = null;
    this.size = 0;
    return taken;
  }

  giveBack(taken) {
    const room = Buffer.from(taken.buffer);
    if (room.length <= 4 * SEND_AFTER) this.spare = room;
  }
}

/* The records of a descriptor; changed() is called when there may be more. */
class Input {
  constructor(fd, max, changed) {
    this.max = max;
    this.chunk = null; // what is at hand, from at on
    this.at = 0;
    this.parts = []; // of a record that is not whole
    this.size = 0; // of that
    this.length = 0; // of the last record, which may be more than there is of it
    this.ended = false;
    this.error = null;
    this.stream = openInput(fd);
    this.stream.on('readable', changed);
    this.stream.on('end', () => {
      this.ended = true;
      changed();
    });
    this.stream.on('error', (error) => {
      this.error = error;
      changed();
    });
  }

  /* Is there something at hand now? */
  fill() {
    this.chunk = this.stream.read();
    this.at = 0;
    if (this.error !== null) throw this.error;
    if (this.chunk === null && this.ended && this.size > 0) this.chunk = Buffer.from('\n');
    return this.chunk !== null;
  }

  /* The next whole record of what is at hand, or null. */
  next() {
    if (this.chunk === null) return null;
    const end = this.chunk.indexOf(NEWLINE, this.at);
    if (end < 0) {
      if (this.at < this.chunk.length) this.keep(this.chunk.subarray(this.at));
      this.chunk = null;
      return null;
    }
    const data = this.chunk.subarray(this.at, end);
    this.at = end + 1;
    this.length = data.length;
    if (this.size === 0 && data.length <= this.max) return data;
    this.keep(data);
    return this.whole();
  }

  keep(part) {
    this.parts.push(part);
    this.size += part.length;
    if (this.size <= this.max) return;
    // no more of it than shows which it is
    const kept = this.parts.reduce((sum, { length }) => sum + length, 0);
    this.parts = [Buffer.concat(this.parts, Math.min(kept, SHOWN))];
  }

  whole() {
    const data = this.parts.length === 1 ? this.parts[0] : Buffer.concat(this.parts);
    this.length = this.size;
    this.parts = [];
    this.size = 0;
    return data;
  }

  close() {
    this.stream.destroy();
  }
}

/* Who hears of what becomes of each record, if PAR_STAGE names this process. */
class Supervisor {
  constructor(words) {
    this.fd = -1;
    this.lines = '';
    this.first = this.count = this.bytes = 0; // of the run that grows
    this.each = [];
    const [fd, pid] = (process.env.PAR_STAGE ?? '').split(':');
    const [owner, takes = ''] = (process.env.PAR_STAGE_TAKES ?? '').split(':');
    delete process.env.PAR_STAGE; // which children are not to have
    delete process.env.PAR_STAGE_TAKES;
    if (pid !== String(process.pid) || !/^[0-9]+$/.test(fd)) return;
    this.fd = Number(fd);
    this.write = openOutput(this.fd, false);
    const known = owner === pid ? takes.split(',') : [];
    this.runs = known.includes('runs');
    this.counts = known.includes('counts') && !this.runs;
    this.lines = `par-stage 1${words}\n`;
  }

  done(number, size) {
    if (number !== this.first + this.count || this.count === 0 || this.count === COUNTS_MOST) {
      this.endRun();
      this.first = number;
    }
    this.count++;
    this.bytes += size;
    this.each.push(size);
  }

  endRun() {
    if (this.count > 1 && this.runs)
      this.lines += `${this.first}..${this.first + this.count - 1} ${this.bytes} ok\n`;
    else if (this.count > 1 && this.counts) this.lines += `${this.first} ${this.each} ok\n`;
    else for (const size of this.each) this.lines += `${this.first++} ${size} ok\n`;
    this.count = this.bytes = 0;
    this.each = [];
  }

  failed(number, size, status, why) {
    this.endRun();
    const line = Buffer.from(`${number} ${size} ${status} ${why.replace(/[\n\r\0]/g, '')}`);
    const most = line.subarray(0, LINE_MOST - 1); // no half of a character
    this.lines += `${new StringDecoder('utf8').write(most)}\n`;
  }

  take() {
    this.endRun();
    const { lines } = this;
    this.lines = '';
    return lines;
  }
}

/*
 * A record, and what it becomes: put() its output, then done(), fail() or retry().  What is
 * put goes out when the record is finished.
 */
class Record {
  #stage;
  #output = null; // bytes, text, and null for a newline
  #told = false;

  constructor(owner, number, data) {
    this.data = data;
    this.number = number;
    this.#stage = owner;
  }

  get text() {
    return this.data.toString();
  }

  get fields() {
    return fields(this.data);
  }

  get told() {
    return this.#told;
  }

  put(...lines) {
    for (const line of lines) {
      this.write(line);
      this.#output.push(null);
    }
  }

  write(data) {
    if (!isData(data)) throw notData(data);
    (this.#output ??= []).push(data);
  }

  done() {
    this.#finish('ok', '');
  }

  fail(why) {
    this.#finish('fail', why);
  }

  retry(why) {
    this.#finish('retry', why);
  }

  #finish(status, why) {
    if (this.#told) throw new Error(`record ${this.number + 1} was told of already`);
    this.#told = true;
    const output = this.#output;
    this.#output = null;
    this.#stage._finish(this, output, status, why);
  }
}

function isData(output) {
  return typeof output === 'string' || output instanceof Uint8Array;
}

function notData(value) {
  const kind = value?.constructor?.name ?? String(value);
  return new TypeError(`output is text or bytes, and not of ${kind}`);
}

function count(name, value, least) {
  if (!Number.isSafeInteger(value) || value < least)
    throw new RangeError(`${name} is a whole number, at least ${least}: ${value}`);
  return value;
}

/* The records of this process, each of which is finished by its own methods. */
class Stage {
  #jobs;
  #max;
  #fd;
  #parent;
  #output;
  #input = null;
  #pending = new Bytes(); // output of what is finished
  #number = 0; // of the next record
  #active = 0; // records that are worked on
  #last = null;
  #sending = false;
  #sent = Promise.resolve();
  #sentAt = 0;
  #scheduled = false;
  #waiting = []; // those to whom any change may matter
  #error = null;
  #ended = false;
  #status = 0;
  #forgotten = () => {
    say(`nothing is left that would finish ${this.#active} of the records`);
    process.exitCode = 3;
  };

  constructor(options = {}) {
    const { jobs = 1, window = 0, ahead = false, raw = false } = options;
    const { maxRecord = 64 << 20, input = 0, output = 1 } = options;
    this.#jobs = count('jobs', jobs, 1);
    this.#max = count('maxRecord', maxRecord, 1);
    this.#fd = count('input', input, 0);
    let words = count('window', window, 0) > 0 ? ` window=${window}` : '';
    if (jobs > 1) words += ` jobs=${jobs}`;
    if (ahead) words += ' ahead';
    if (raw) words += ' raw';
    if (output === 1) keepOutOfOutput();
    this.#parent = new Supervisor(words);
    this.#output = openOutput(count('output', output, 0), !this.supervised);
    process.on('beforeExit', this.#forgotten);
    this.flush().catch(() => {}); // the first line; what is wrong with it comes up again
  }

  get supervised() {
    return this.#parent.fd >= 0;
  }

  get status() {
    return this.#status;
  }

  [Symbol.asyncIterator]() {
    return { next: () => this.#step(), return: (value) => this.#leave(value) };
  }

  /* The next record, or null: then more() is to be awaited. */
  _take() {
    if (this.#error !== null) throw this.#error;
    while (this.#input !== null && this.#active < this.#jobs && !this.#due()) {
      const data = this.#input.next();
      if (data === null) break;
      this.#active++;
      const record = new Record(this, this.#number++, data);
      if (this.#input.length <= this.#max) return record;
      record.fail(`record ${this.#number} is longer than ${this.#max} bytes`);
    }
    return null;
  }

  /* Wait for what may bring a record; false at the end, when all is sent. */
  async _more() {
    if (this.#error !== null) throw this.#error;
    if (this.#ended) return false;
    if (this.#input === null || this.#due()) {
      await this.flush();
      this.#input ??= new Input(this.#fd, this.#max, () => this.#changed());
      return true;
    }
    if (this.#active < this.#jobs) {
      if (this.#input.fill()) {
        if (!this.#some()) this.#sentAt = performance.now(); // nothing waited meanwhile
        return true;
      }
      if (this.#input.ended && this.#active === 0) return this.#end();
    }
    const change = new Promise((wake) => this.#waiting.push(wake));
    this.flush().catch(() => {}); // nothing is held back while it waits
    await change;
    return true;
  }

  flush() {
    if (!this.#sending) {
      this.#sending = true;
      this.#sent = this.#send();
    }
    return this.#sent;
  }

  _finish(record, output, status, why) {
    const before = this.#pending.size;
    for (const part of output ?? [])
      if (part === null) this.#pending.addNewline();
      else this.#pending.add(part);
    const size = this.#pending.size - before;
    this.#active--;
    if (status === 'ok') {
      if (this.supervised) this.#parent.done(record.number, size);
    } else {
      const reason = String(why || 'failed');
      if (this.supervised) this.#parent.failed(record.number, size, status, reason);
      else this.#name(record.data, reason);
    }
    if (this.#waiting.length > 0) this.#changed();
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.flush().catch(() => {});
      });
    }
  }

  /* Nobody else says which record it was. */
  #name(data, why) {
    this.#status = 1;
    say(`${printable(data)}: ${printable(Buffer.from(why))}`);
  }

  async #step() {
    if (this.#jobs === 1 && this.#last?.told === false) this.#last.done();
    this.#last = null;
    for (;;) {
      const value = this._take();
      if (value !== null) {
        this.#last = value;
        return { value, done: false };
      }
      if (!(await this._more())) {
        if (this.#status !== 0) process.exitCode ??= this.#status;
        return { value: undefined, done: true };
      }
    }
  }

  /* The loop is left: what is not finished is for others. */
  async #leave(value) {
    if (!this.#ended && this.#error === null) await this.#end();
    return { value, done: true };
  }

  async #end() {
    this.#ended = true;
    process.removeListener('beforeExit', this.#forgotten);
    await this.flush();
    this.#input?.close();
    this.#changed();
    return false;
  }

  #due() {
    if (this.#pending.size >= SEND_AFTER) return true;
    return this.#some() && performance.now() - this.#sentAt >= SEND_EVERY;
  }

  /* Is there anything to be sent? */
  #some() {
    return this.#pending.size > 0 || this.#parent.count > 0 || this.#parent.lines !== '';
  }

  /* Output, and then its lines, until there are no more. */
  async #send() {
    try {
      for (;;) {
        const lines = this.supervised ? this.#parent.take() : '';
        this.#sentAt = performance.now();
        if (this.#pending.size > 0) {
          const output = this.#pending.take();
          await this.#output(output);
          this.#pending.giveBack(output);
        } else if (lines === '') return;
        if (lines !== '') await this.#parent.write(Buffer.from(lines));
      }
    } catch (error) {
      if (error.code === 'EPIPE') dieOf('SIGPIPE');
      this.#error = error;
      this.#changed();
      throw error;
    } finally {
      this.#sending = false;
    }
  }

  #changed() {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

/* What is printed is no output of a record. */
function keepOutOfOutput() {
  Object.defineProperty(process, 'stdout', {
    configurable: true,
    enumerable: true,
    get: () => process.stderr,
  });
  console._stdout = process.stderr; // if it has been used before
}

/* Finish a record by what a function says of it; a promise if that takes time. */
function answer(work, record) {
  let output;
  try {
    output = work(record.data);
    if (output === undefined || output === null) output = [];
    else if (isData(output)) output = [output];
    else if (typeof output.then === 'function' || output[Symbol.asyncIterator])
      return answerLater(output, record);
    else output = several(output);
    for (const line of output) record.put(line);
  } catch (error) {
    return failed(record, error);
  }
  record.done();
  return undefined;
}

async function answerLater(promise, record) {
  let output;
  try {
    output = await promise;
    if (output === undefined || output === null) output = [];
    else if (isData(output)) output = [output];
    else if (output[Symbol.asyncIterator]) {
      const lines = [];
      for await (const line of output) lines.push(line);
      output = several(lines);
    } else output = several(output);
    for (const line of output) record.put(line);
  } catch (error) {
    failed(record, error);
    return;
  }
  record.done();
}

/* All of what is iterated over, before any of it is output. */
function several(output) {
  if (typeof output[Symbol.iterator] !== 'function') throw notData(output);
  const lines = [...output];
  for (const line of lines) if (!isData(line)) throw notData(line);
  return lines;
}

function failed(record, error) {
  if (error instanceof Retry) record.retry(error.message);
  else if (error instanceof Fail) record.fail(error.message);
  else record.fail(error instanceof Error ? String(error) : util.inspect(error));
}

/* A stage of a function of a record, a Buffer without its newline. */
function stage(work, options) {
  if (typeof work !== 'function') throw new TypeError('stage() takes a function');

  async function run() {
    const whole = new Stage(options);
    const alone = (options?.jobs ?? 1) === 1;
    do {
      for (let record; (record = whole._take()) !== null; ) {
        const later = answer(work, record);
        if (later !== undefined && alone) await later;
      }
    } while (await whole._more());
    return whole.status;
  }

  function main() {
    run().then(
      (status) => process.exit(status || undefined),
      (error) => {
        const words = util.getSystemErrorMap().get(error.errno)?.[1];
        say(words ?? error.stack ?? String(error));
        process.exit(3);
      },
    );
  }

  return Object.assign((record) => work(record), { run, main });
}

module.exports = { Fail, Record, Retry, Stage, escape, fields, stage, unescape };
