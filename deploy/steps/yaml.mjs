// Plain values as YAML for people to read: long text as blocks, everything else on one line.

/** Texts that YAML reads as text without quotes. */
const plain = /^[A-Za-z][\w.-]*( [\w.-]+)*$/;
const reserved = /^(true|false|null|yes|no|on|off|y|n)$/i;

/** Objects, arrays, text, numbers and booleans as a YAML document. */
export function toYaml(value) {
  return `${lines(value).join('\n')}\n`;
}

function lines(value) {
  if (Array.isArray(value)) return value.flatMap((item) => indented('- ', item));
  return Object.entries(value).flatMap(([key, field]) => entry(key, field));
}

function entry(key, value) {
  const name = plain.test(key) ? key : scalar(key);
  if (isEmpty(value) || typeof value !== 'object') {
    return isBlock(value) ? [`${name}: |-`, `  ${value}`] : [`${name}: ${scalar(value)}`];
  }
  return [`${name}:`, ...lines(value).map((line) => `  ${line}`)];
}

/** An item of a list, its first line behind the mark. */
function indented(mark, item) {
  const [first, ...rest] =
    typeof item === 'object' && !isEmpty(item) ? lines(item) : [scalar(item)];
  return [`${mark}${first}`, ...rest.map((line) => `${' '.repeat(mark.length)}${line}`)];
}

function scalar(value) {
  if (isEmpty(value)) return Array.isArray(value) ? '[]' : '{}';
  if (typeof value !== 'string') return JSON.stringify(value);
  if (plain.test(value) && !reserved.test(value)) return value;
  return /['\n\\]/.test(value) ? JSON.stringify(value) : `'${value}'`;
}

/** Queries are read more easily without escapes. */
function isBlock(value) {
  return (
    typeof value === 'string' &&
    value.includes('"') &&
    !value.includes('\n') &&
    !value.startsWith(' ')
  );
}

function isEmpty(value) {
  return typeof value === 'object' && Object.keys(value).length === 0;
}
