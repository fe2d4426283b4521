// The list of causes and the module that holds them, from the files in core/src/triage/rules.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { root, Stop } from './process.mjs';

const rules = 'core/src/triage/rules';

/** Widest line of a doc comment's text, so that the comment fits into 100 columns. */
const width = 86;

/**
 * Writes catalogue/causes.rs and rules/mod.rs; with `check`, stops instead when one differs from
 * what is committed.
 */
export function generateCauses({ check = false } = {}) {
  const files = { 'core/src/catalogue/causes.rs': list(), [`${rules}/mod.rs`]: module() };
  const outdated = Object.entries(files).filter(([file, text]) => {
    const target = path.join(root, file);
    if (existsSync(target) && readFileSync(target, 'utf8') === text) return false;
    if (!check) writeFileSync(target, text);
    return true;
  });
  const names = outdated.map(([file]) => file).join(', ');
  if (check && names) {
    throw new Stop(
      `${names}: not what the rule files say; run "npm run gen" and commit the result`,
    );
  }
  console.log(names ? `written: ${names}` : 'the list of causes is up to date');
}

function causes() {
  const names = readdirSync(path.join(root, rules)).filter((name) => name !== 'mod.rs');
  return names.sort().map((name) => {
    const file = name.replace('.rs', '');
    return { file, id: file.replaceAll('_', '-'), condition: condition(name) };
  });
}

/** The first paragraph of a file's documentation. */
function condition(name) {
  const lines = readFileSync(path.join(root, rules, name), 'utf8').split('\n');
  const end = lines.findIndex((line) => line.trimEnd() === '//!' || !line.startsWith('//!'));
  const text = lines
    .slice(0, end)
    .map((line) => line.slice(3).trim())
    .join(' ');
  if (!text) throw new Stop(`${rules}/${name} does not say in its first lines what it finds`);
  return text;
}

function list() {
  const members = causes().map(({ file, id, condition }) => {
    const variant = file.replace(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase());
    const lines = wrapped(condition).map((line) => `        /// ${line}\n`);
    return `${lines.join('')}        ${variant} = "${id}",\n`;
  });
  return `//! What the triage can answer; generated from the files of the rules by \`npm run gen\`.

use crate::catalogue::list::closed_list;

closed_list! {
    /// A verdict.
    CauseId {
${members.join('')}    }
}
`;
}

function module() {
  const files = causes().map(({ file }) => file);
  return `//! Causes, one file each; this list is generated from the files by \`npm run gen\`.

${files.map((file) => `mod ${file};\n`).join('')}
use crate::triage::cause::Rule;

/// Every rule, by id.
pub static RULES: &[&Rule] = &[
${files.map((file) => `    &${file}::RULE,\n`).join('')}];
`;
}

function wrapped(text) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last && `${last} ${word}`.length > width) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines;
}
