// Incident capsules: responses and settings of one diagnosis in one file, which the command line
// and the element open again with the same verdict.

import { EngineError } from './error.js';
import type { PartialSettings } from './settings.js';

/** Version of the capsule's own shape. */
export const CAPSULE_SCHEMA = 1;

/** What a capsule is made of; each list holds the text of range responses. */
export interface CapsuleParts {
  settings: PartialSettings;
  responses: readonly string[];
  history: readonly string[];
}

/** What a capsule or a saved response opens to. */
export interface OpenedFile {
  settings: PartialSettings | undefined;
  responses: object[];
  history: object[];
}

/** The capsule as JSON text; the responses in it stay as they were sent, to the letter. */
export function capsuleText({ settings, responses, history }: CapsuleParts): string {
  const earlier = history.length === 0 ? '' : `,"history":[${history.join(',')}]`;
  const head = `{"schema":${CAPSULE_SCHEMA},"settings":${JSON.stringify(settings)}`;
  return `${head},"responses":[${responses.join(',')}]${earlier}}\n`;
}

/**
 * Reads a capsule, a recording or a plain range response. Throws `bad-data` for anything else, with
 * what it is where that can be told.
 */
export function openFile(text: string): OpenedFile {
  const file = parsed(text);
  if ('responses' in file && Array.isArray(file['responses'])) {
    const { schema, settings, responses, history } = file;
    if (schema !== undefined && schema !== CAPSULE_SCHEMA)
      throw bad(
        `this is a capsule of schema ${said(schema)}, and this release reads ${CAPSULE_SCHEMA}; ` +
          (typeof schema === 'number' && schema > CAPSULE_SCHEMA
            ? 'open it with the release that saved it, or a newer one'
            : 'save it again'),
      );
    if (responses.length === 0) throw bad('this capsule holds no response; save it again');
    return {
      settings: isObject(settings) ? settings : undefined,
      responses: responses as object[],
      history: Array.isArray(history) ? (history as object[]) : [],
    };
  }
  if ('verdict' in file || 'findings' in file)
    throw bad('this is a report, which holds no series; open the capsule that it was made from');
  if (!('data' in file))
    throw bad(
      'this is neither a capsule nor a range response of Prometheus; save one of the two as a file',
    );
  return { settings: undefined, responses: [file], history: [] };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Said below.
  }
  throw bad('this file holds no JSON object; save a capsule with the button or --save-capsule');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function said(value: unknown): string {
  return typeof value === 'number' ? String(value) : 'an unknown kind';
}

function bad(message: string): EngineError {
  return new EngineError('bad-data', message);
}
