// Indentation inside HTML templates is for readers of the source; what is shipped does without it.

import { readFile } from 'node:fs/promises';

import ts from 'typescript';

const TAGS = new Set(['html', 'svg']);

/** The literal parts of every template with one of our tags, as ranges of the source. */
function literals(file) {
  const ranges = [];
  const add = (node) => ranges.push([node.getStart(file), node.end]);
  const visit = (node) => {
    if (ts.isTaggedTemplateExpression(node) && TAGS.has(node.tag.getText(file))) {
      if (ts.isNoSubstitutionTemplateLiteral(node.template)) add(node.template);
      else {
        add(node.template.head);
        for (const { literal } of node.template.templateSpans) add(literal);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return ranges.sort(([a], [b]) => b - a);
}

/** An esbuild plugin. Line breaks stay, so source maps keep their lines. */
export const templateText = {
  name: 'template-text',
  setup(build) {
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8');
      const file = ts.createSourceFile(path, contents, ts.ScriptTarget.ES2022, true);
      for (const [start, end] of literals(file)) {
        const text = contents.slice(start, end).replace(/[ \t]*\n[ \t]*/g, '\n');
        contents = contents.slice(0, start) + text + contents.slice(end);
      }
      return { contents, loader: 'ts' };
    });
  },
};
