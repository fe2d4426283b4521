// Foreign text on a page: labels, names of models and messages of servers can hold anything.

/** First and last of each run of characters that control, reorder or hide what is beside them. */
const DISTURBING: readonly (readonly [number, number])[] = [
  [0x0, 0x8],
  [0xb, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe007f],
];

const code = (number: number): string => `\\u{${number.toString(16)}}`;
const disturbing = new RegExp(
  `[${DISTURBING.map(([first, last]) => `${code(first)}-${code(last)}`).join('')}]`,
  'gu',
);

/**
 * The same text without characters that reorder or hide others. A tab and the end of a line stay:
 * they are white space to a page, and queries are copied with them.
 */
export function plainText(text: string): string {
  return text.replace(disturbing, '');
}

/**
 * The same value with every text in it made plain. What holds no such text is the same object.
 * Functions, numbers in columns and objects of a class are left alone.
 */
export function plainValue<T>(value: T): T {
  if (typeof value === 'string') return plainText(value) as T;
  if (Array.isArray(value)) {
    const items: unknown[] = value.map(plainValue);
    return items.some((item, index) => item !== value[index]) ? (items as T) : value;
  }
  if (!isRecord(value)) return value;
  let changed: Record<string, unknown> | undefined;
  for (const [key, before] of Object.entries(value)) {
    const after = plainValue(before);
    if (after === before) continue;
    changed ??= { ...value };
    changed[key] = after;
  }
  return (changed as T | undefined) ?? value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
