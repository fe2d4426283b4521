// Rules about what the catalog shows: the page, the logos, the pictures.

/** Words of developers that a catalog page has no use for. */
const jargon =
  /\b(yarn|npm|npx|node\.?js|nodejs|webpack|docker(?:-compose| compose)?|mage|magefile|typescript|git clone|localhost|dist folder)\b/i;

const leftovers = /<!--|This template is a starting point|T[O]DO|lorem ipsum/i;

/** Elements and attributes that an SVG may have; anything else might load or run something. */
const svgElements = new Set(
  'svg title desc g defs path rect circle ellipse line polyline polygon text tspan linearGradient radialGradient stop clipPath mask'.split(
    ' ',
  ),
);
const svgAttributes = new Set(
  (
    'xmlns viewBox width height x y x1 y1 x2 y2 cx cy r rx ry d points fill stroke opacity transform id class offset ' +
    'fill-rule clip-rule fill-opacity stroke-width stroke-linecap stroke-linejoin stroke-dasharray stroke-opacity stop-color ' +
    'stop-opacity gradientUnits gradientTransform clip-path mask font-family font-size font-weight text-anchor role aria-label'
  ).split(' '),
);

export const pageRules = [
  {
    id: 'readme',
    title: 'the page says what the panel is for, without leftovers of the template',
    check: ({ readme }) => [
      ...(readme.split(/\s+/).length >= 150 ? [] : ['the page has fewer than 150 words']),
      ...(leftovers.test(readme) ? [`"${leftovers.exec(readme)[0]}" is left over`] : []),
      ...(/^# \S/m.test(readme) ? [] : ['the page has no title']),
      ...(/\|\s*---/.test(readme) ? [] : ['a panel documents the data it accepts in a table']),
    ],
  },
  {
    id: 'jargon',
    title: 'the page is for users',
    check: ({ readme }) =>
      jargon.test(readme) ? [`"${jargon.exec(readme)[0]}" is a word for developers`] : [],
  },
  {
    id: 'brokenlinks',
    title: 'links and pictures of the page have absolute addresses',
    check: ({ readme }) =>
      [...readme.matchAll(/\]\(([^)\s]+)/g)]
        .map(([, url]) => url)
        .filter((url) => !/^(https:\/\/|#)/.test(url))
        .map((url) => `"${url}" leads nowhere from the catalog`),
  },
  {
    id: 'logos',
    title: 'both logos are in the archive',
    check: ({ plugin, files }) =>
      ['small', 'large']
        .map((size) => plugin.info?.logos?.[size] ?? `logo "${size}"`)
        .filter((file) => !files.has(file))
        .map((file) => `${file} is missing`),
  },
  {
    id: 'unsafesvg',
    title: 'pictures in SVG only draw',
    check: ({ files }) =>
      [...files]
        .filter(([name]) => name.endsWith('.svg'))
        .flatMap(([name, bytes]) => unsafe(String(bytes)).map((what) => `${what} in ${name}`)),
  },
  {
    id: 'screenshots-exist',
    title: 'every listed screenshot is a picture in the archive',
    check: ({ plugin, files }) =>
      (plugin.info?.screenshots ?? []).flatMap(({ name, path: file }) => {
        if (!name) return [`${file} has no name`];
        return isPicture(files.get(file)) ? [] : [`${file} is missing or no picture`];
      }),
  },
  {
    id: 'screenshots',
    title: 'the catalog shows at least one screenshot',
    advice: true,
    check: ({ plugin }) =>
      plugin.info?.screenshots?.length > 0 ? [] : ['plugin.json lists no screenshot'],
  },
];

function isPicture(bytes) {
  if (!bytes || bytes.length < 100) return false;
  const signature = bytes.subarray(0, 4).toString('latin1');
  return signature === '\x89PNG' || signature.startsWith('\xff\xd8\xff') || signature === 'RIFF';
}

function unsafe(svg) {
  const elements = [...svg.matchAll(/<([A-Za-z][\w:-]*)/g)]
    .map(([, name]) => name)
    .filter((name) => !svgElements.has(name));
  const attributes = [...svg.matchAll(/\s([A-Za-z_][\w:-]*)\s*=/g)]
    .map(([, name]) => name)
    .filter((name) => !svgAttributes.has(name));
  const instructions = /<!(?!--)|<\?(?!xml )|&(?!(amp|lt|gt|quot|apos);)/.test(svg)
    ? ['a declaration or an entity']
    : [];
  return [
    ...elements.map((name) => `element <${name}>`),
    ...attributes.map((name) => `attribute ${name}`),
    ...instructions,
  ];
}
