// Form fields without a component library: the host's fonts and colours come by inheritance.

import { useEffect, useId, useState, type CSSProperties, type JSX, type ReactNode } from 'react';

const FIELD: CSSProperties = {
  display: 'flex',
  flexDirection: 'column',
  gap: 4,
  minWidth: 0,
  font: 'inherit',
};
const HINT: CSSProperties = { fontSize: '0.85em', opacity: 0.8 };
const PROBLEM: CSSProperties = { fontSize: '0.85em', fontWeight: 700 };
/** Browsers draw the list of a select outside the page, on their own ground. */
const OPTION: CSSProperties = { color: 'CanvasText', background: 'Canvas' };
const INPUT: CSSProperties = {
  font: 'inherit',
  color: 'inherit',
  background: 'transparent',
  border: '1px solid color-mix(in srgb, currentColor 45%, transparent)',
  borderRadius: 4,
  padding: '6px 8px',
  minWidth: 0,
};
const GROUP: CSSProperties = {
  display: 'grid',
  gridTemplateColumns: 'repeat(auto-fill, minmax(200px, 1fr))',
  gap: 16,
  margin: 0,
  padding: 0,
  border: 0,
};
const TITLE: CSSProperties = { fontWeight: 600, padding: 0, marginBottom: 8 };

/** A titled group of fields in columns. */
export function Group({ title, children }: { title: string; children: ReactNode }): JSX.Element {
  return (
    <fieldset style={GROUP}>
      <legend style={TITLE}>{title}</legend>
      {children}
    </fieldset>
  );
}

interface TextFieldProps<Value> {
  label: string;
  hint?: string;
  placeholder?: string;
  value: Value | undefined;
  isReadonly: boolean;
  /** Text as it stands in the field. */
  format(value: Value): string;
  /** The value of a text that is not empty; throws an error whose message says what is expected. */
  parse(text: string): Value;
  onChange(value: Value | undefined): void;
}

/**
 * One line of text that stands for a value; empty means absent. What cannot be read is said and not
 * handed on.
 */
export function ParsedField<Value>(props: TextFieldProps<Value>): JSX.Element {
  const { label, hint, placeholder, value, isReadonly, format, parse, onChange } = props;
  const id = useId();
  const shown = value === undefined ? '' : format(value);
  const [draft, setDraft] = useState(shown);
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    setDraft(shown);
    setProblem(undefined);
  }, [shown]);
  const commit = (text: string): void => {
    try {
      const next = text.trim() === '' ? undefined : parse(text.trim());
      setProblem(undefined);
      if ((next === undefined ? '' : format(next)) !== shown) onChange(next);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <div style={FIELD}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        style={INPUT}
        value={draft}
        placeholder={placeholder}
        readOnly={isReadonly}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-hint`}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={(event) => commit(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit(event.currentTarget.value);
        }}
      />
      <span
        id={`${id}-hint`}
        style={problem === undefined ? HINT : PROBLEM}
        role={problem === undefined ? undefined : 'alert'}
      >
        {problem ?? hint}
      </span>
    </div>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  hint?: string;
  value: Value | undefined;
  /** What is chosen when nothing is: the first entry of the list. */
  absent: string;
  choices: readonly { value: Value; title: string }[];
  isReadonly: boolean;
  onChange(value: Value | undefined): void;
}

/** One of several values, or none. */
export function Choice<Value extends string>(props: ChoiceProps<Value>): JSX.Element {
  const { label, hint, value, absent, choices, isReadonly, onChange } = props;
  const id = useId();
  return (
    <div style={FIELD}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        style={INPUT}
        value={value ?? ''}
        disabled={isReadonly}
        aria-describedby={`${id}-hint`}
        onChange={(event) =>
          onChange(choices.find((choice) => choice.value === event.target.value)?.value)
        }
      >
        <option value="" style={OPTION}>
          {absent}
        </option>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value} style={OPTION}>
            {choice.title}
          </option>
        ))}
      </select>
      <span id={`${id}-hint`} style={HINT}>
        {hint}
      </span>
    </div>
  );
}

interface CheckProps {
  label: string;
  isChecked: boolean;
  isReadonly: boolean;
  onChange(isChecked: boolean): void;
}

export function Check({ label, isChecked, isReadonly, onChange }: CheckProps): JSX.Element {
  return (
    <label style={{ display: 'flex', gap: 8, alignItems: 'center' }}>
      <input
        type="checkbox"
        checked={isChecked}
        disabled={isReadonly}
        onChange={(event) => onChange(event.target.checked)}
      />
      {label}
    </label>
  );
}
