#!/usr/bin/env node
// SPDX-License-Identifier: ISC
// What stage.c beside it does, by par-stage for Node: by a loop, and by functions.
'use strict';
const fs = require('node:fs');
const { Retry, Stage, escape, stage } = require('par-stage');

function firstToCome(name) {
  try {
    fs.closeSync(fs.openSync(name, 'wx'));
    return true;
  } catch {
    return false;
  }
}

function* mixed(record) {
  if (String(record) !== '3') yield Buffer.concat([Buffer.from('result '), record]);
  if (String(record) === '2') yield* ['', escape(Buffer.from('a\tb\0c\\'))];
  if (String(record) === '4') yield 'x'.repeat(300000);
}

async function once(record) {
  if (String(record) === '5' && firstToCome('met5')) throw new Retry('not now');
  if (String(record) === '6' && firstToCome('met6')) {
    fs.writeSync(1, 'resu');
    process.kill(process.pid, 'SIGKILL');
  }
  return `result ${record}`;
}

async function fails() {
  for await (const record of new Stage({ window: 64 })) {
    if (record.text === '6') {
      record.retry('not now');
      continue;
    }
    record.put(`result ${record.text}`);
    if (record.text === '5') record.fail('no good');
  }
}

const kind = process.argv[2];
if (kind === 'fails') fails();
else if (kind === 'once') stage(once, { jobs: 3 }).main();
else stage(mixed).main();
