// A .tar.gz that is the same for the same files on every machine: sorted, without owners, times and
// modes of this one.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const block = 512;

/** Every file below a folder as a compressed POSIX archive, with paths relative to it. */
export function packFolder(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'),
    )
    .sort();
  const parts = files.flatMap((name) => {
    const content = readFileSync(path.join(folder, name));
    return [
      header(name, content.length),
      content,
      Buffer.alloc((block - (content.length % block)) % block),
    ];
  });
  // Two empty blocks end an archive.
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * block)]), { level: 9 });
}

/** One header block, "ustar". Fields are octal text; the sum is taken with its own field blank. */
function header(name, size) {
  const { short, prefix } = split(name);
  const bytes = Buffer.alloc(block);
  const put = (text, offset) => bytes.write(text, offset, 'latin1');
  put(short, 0);
  put('0000644\0', 100);
  put('0000000\0', 108);
  put('0000000\0', 116);
  put(`${size.toString(8).padStart(11, '0')}\0`, 124);
  put('00000000000\0', 136);
  put('        ', 148);
  put('0', 156);
  put('ustar\x0000', 257);
  put(prefix, 345);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
}

/** A path of more than 100 bytes is divided at a slash. */
function split(name) {
  if (Buffer.byteLength(name) <= 100) return { short: name, prefix: '' };
  const slash = name.indexOf('/', name.length - 101);
  if (slash < 1 || slash > 155) throw new Error(`the path ${name} is too long for an archive`);
  return { short: name.slice(slash + 1), prefix: name.slice(0, slash) };
}
