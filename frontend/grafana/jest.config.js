// Times in tests are the same everywhere.
process.env.TZ = 'UTC';

const scaffold = require('./.config/jest.config');
const { grafanaESModules, nodeModulesToTransform } = require('./.config/jest/utils');

const [[, compile]] = Object.entries(scaffold.transform);

module.exports = {
  ...scaffold,
  transform: { ...scaffold.transform, '^.+\\.mjs$': compile },
  // Packages that come as ES modules only, besides those the scaffold knows.
  transformIgnorePatterns: [
    nodeModulesToTransform([
      ...grafanaESModules,
      '@inference-triage',
      '@react-hookz/web',
      '@ver0/deep-equal',
      'lit-html',
      'uplot',
    ]),
  ],
};
