import { defineElement } from '../src/registration.js';
import { connectColourScheme } from './colour-scheme.js';
import incidents from './incidents.json';
import { fetchRecording } from './recording.js';

interface Choice {
  id: string;
  title: string;
  tag: string;
  story: string;
  truth?: string;
}

const LIVE = 'live';
const parameters = new URLSearchParams(location.search);
const server = parameters.get('url');
const choices: Choice[] = server === null ? incidents : [liveChoice(server), ...incidents];

const panel = part('panel') as HTMLElementTagNameMap['inference-triage'];

defineElement();
connectColourScheme();
drawChoices();
addEventListener('hashchange', show);
show();

function part(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no part "${id}"`);
  return element;
}

function liveChoice(url: string): Choice {
  const match = parameters.get('match');
  return {
    id: LIVE,
    title: 'Live',
    tag: url,
    story: `Read from ${url}${match ? `, series with ${match}` : ''}. Only the newest samples are fetched with each refresh; the address bar keeps the settings.`,
  };
}

function drawChoices(): void {
  part('incidents').replaceChildren(
    ...choices.map(({ id, title, tag }) => {
      const link = document.createElement('a');
      link.href = `#${id}`;
      link.append(textElement('strong', title), textElement('span', tag));
      const item = document.createElement('li');
      item.append(link);
      return item;
    }),
  );
}

function textElement(name: string, text: string): HTMLElement {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

function show(): void {
  const choice = choices.find(({ id }) => `#${id}` === location.hash) ?? choices[0];
  if (choice === undefined) return;
  for (const link of part('incidents').querySelectorAll('a')) {
    if (link.hash === `#${choice.id}`) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
  part('story-title').textContent = choice.title;
  part('story-text').textContent = choice.story;
  const truth = part('truth') as HTMLDetailsElement;
  truth.open = false;
  truth.hidden = choice.truth === undefined;
  part('truth-text').textContent = choice.truth ?? '';
  if (choice.id === LIVE) showLive();
  else showRecording(choice.id);
}

function showLive(): void {
  panel.removeAttribute('time-zone');
  for (const name of ['url', 'match', 'range', 'refresh', 'end', 'profile', 'grouping']) {
    const value = parameters.get(name);
    if (value !== null && value !== '') panel.setAttribute(name, value);
  }
  if (!parameters.has('refresh')) panel.setAttribute('refresh', '15s');
  panel.data = undefined;
}

function showRecording(id: string): void {
  // Recorded times are in UTC, so that two readers of one incident see the same hours.
  panel.setAttribute('time-zone', 'UTC');
  panel.data = fetchRecording(new URL(`./incidents/${id}.json.gz`, import.meta.url));
}
