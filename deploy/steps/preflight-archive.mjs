// The archive that is signed and submitted: one folder named like the plugin, the same bytes for
// the same files.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';

import { root } from './process.mjs';

const { budgets } = JSON.parse(readFileSync(path.join(root, 'deploy/size-budgets.json'), 'utf8'));
const moduleFile = 'frontend/grafana/dist/module.js';
const budget = budgets.find(({ entries }) => entries.includes(moduleFile));
const moduleBudget = budget.raised?.gzip ?? budget.gzip;

/**
 * 1 January 1980, the oldest date a zip archive can hold: the time of a build says nothing about
 * its contents.
 */
const dosDate = 0x0021;
const regularFile = (0o100644 << 16) >>> 0;
const versionUnix = (3 << 8) | 20;
const utf8Names = 0x0800;
const deflated = 8;

/** A zip archive of `files` (path → bytes) below one folder. */
export function zip(folder, files) {
  const entries = [...files.keys()]
    .sort()
    .map((name) => entryOf(`${folder}/${name}`, files.get(name)));
  let offset = 0;
  const placed = entries.map((entry) => {
    const at = offset;
    offset += 30 + entry.name.length + entry.packed.length;
    return { ...entry, at };
  });
  const directory = Buffer.concat(placed.map(centralRecord));
  return Buffer.concat([
    ...placed.map(localRecord),
    directory,
    endRecord(placed.length, directory.length, offset),
  ]);
}

/** Checksums that a submission form asks for. */
export function checksums(archive) {
  return ['sha1', 'sha256'].map((name) => [name, createHash(name).update(archive).digest('hex')]);
}

function entryOf(name, bytes) {
  return {
    name: Buffer.from(name),
    size: bytes.length,
    crc: crc(bytes),
    packed: deflateRawSync(bytes, { level: 9 }),
  };
}

/** `zlib.crc32` came with Node 20.15 and 22.2. */
function crc(bytes) {
  return crc32(bytes) >>> 0;
}

function localRecord(entry) {
  const record = Buffer.alloc(30);
  record.writeUInt32LE(0x04034b50, 0);
  record.writeUInt16LE(20, 4);
  writeCommon(record, 6, entry);
  return Buffer.concat([record, entry.name, entry.packed]);
}

function centralRecord(entry) {
  const record = Buffer.alloc(46);
  record.writeUInt32LE(0x02014b50, 0);
  record.writeUInt16LE(versionUnix, 4);
  record.writeUInt16LE(20, 6);
  writeCommon(record, 8, entry);
  record.writeUInt32LE(regularFile, 38);
  record.writeUInt32LE(entry.at, 42);
  return Buffer.concat([record, entry.name]);
}

/**
 * The fields that both records hold in the same order: flags, method, time, date, checksum, sizes,
 * lengths.
 */
function writeCommon(record, start, { name, size, crc: sum, packed }) {
  record.writeUInt16LE(utf8Names, start);
  record.writeUInt16LE(deflated, start + 2);
  record.writeUInt16LE(0, start + 4);
  record.writeUInt16LE(dosDate, start + 6);
  record.writeUInt32LE(sum, start + 8);
  record.writeUInt32LE(packed.length, start + 12);
  record.writeUInt32LE(size, start + 16);
  record.writeUInt16LE(name.length, start + 20);
}

function endRecord(count, length, offset) {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(length, 12);
  record.writeUInt32LE(offset, 16);
  return record;
}

/** Files that a built panel consists of besides its pictures. */
const expected = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'module.js',
  'module.js.map',
  'plugin.json',
];
const allowed = [
  ...expected.map((name) => new RegExp(`^${name.replaceAll('.', '\\.')}$`)),
  /^module\.js\.LICENSE\.txt$/,
  /^img\/[\w.-]+\.(svg|png|jpe?g|webp)$/,
];

/** Rules about what is in the archive. */
export const archiveRules = [
  {
    id: 'archive',
    title: 'holds every file of a panel and nothing else',
    check: ({ files }) => [
      ...expected.filter((name) => !files.has(name)).map((name) => `${name} is missing`),
      ...[...files.keys()]
        .filter((name) => !allowed.some((one) => one.test(name)))
        .map((name) => `${name} is unexpected`),
    ],
  },
  {
    id: 'nestedmetadata',
    title: 'has one plugin.json',
    check: ({ files }) =>
      [...files.keys()]
        .filter((name) => /\/plugin\.json$/.test(name))
        .map((name) => `${name} is a second plugin`),
  },
  {
    id: 'size',
    title: `module.js is at most ${moduleBudget / 1000} kB with gzip`,
    check: ({ moduleGzip }) =>
      moduleGzip > moduleBudget ? [`module.js is ${(moduleGzip / 1000).toFixed(1)} kB`] : [],
  },
];
