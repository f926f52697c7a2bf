// SPDX-License-Identifier: ISC
// read.mjs WARC SITE COUNT: fail unless the archive has COUNT requests and answers, and
// each answer is the file of SITE that its URL names.
import fs from "fs";
import { WARCParser } from "warcio";

const [archive, site, count] = process.argv.slice(2);
const kinds = {};
let same = 0;

for await (const record of new WARCParser(fs.createReadStream(archive))) {
  const body = Buffer.from(await record.readFully(true));
  kinds[record.warcType] = (kinds[record.warcType] ?? 0) + 1;
  if (record.warcType !== "response") continue;
  const file = site + decodeURIComponent(new URL(record.warcTargetURI).pathname);
  if (fs.readFileSync(file).equals(body)) same++;
  else console.log(`${file}: the body differs`);
}
console.log(JSON.stringify(kinds) + `, ${same} bodies as served`);
process.exitCode = same === +count && kinds.request === +count ? 0 : 1;
