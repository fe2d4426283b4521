const KEY = 'inference-triage-demo-scheme';

/** Connects the three switches with the page; the panel follows the page's `color-scheme`. */
export function connectColourScheme(): void {
  const switches = document.querySelectorAll<HTMLInputElement>('input[name="scheme"]');
  const kept = read();
  for (const input of switches) {
    input.checked = input.value === kept;
    input.addEventListener('change', () => {
      apply(input.value);
      keep(input.value);
    });
  }
  apply(kept);
}

function apply(scheme: string): void {
  if (scheme === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = scheme;
}

// Storage may be refused, e.g. in a sandboxed frame; the choice then lasts as long as the page.
function read(): string {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : 'auto';
  } catch {
    return 'auto';
  }
}

function keep(scheme: string): void {
  try {
    localStorage.setItem(KEY, scheme);
  } catch {
    return;
  }
}
