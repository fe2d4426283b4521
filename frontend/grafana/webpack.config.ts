import type { Configuration } from 'webpack';
import { merge } from 'webpack-merge';

import scaffold, { type Env } from './.config/webpack/webpack.config.ts';

/**
 * The scaffold's build, kept to one file: a lazy chunk is one more request that a stale cache or a
 * policy can break.
 */
const config = async (env: Env): Promise<Configuration> =>
  merge(await scaffold(env), {
    module: { parser: { javascript: { dynamicImportMode: 'eager' } } },
    // Our own packages change without a new version or date while they are worked on.
    snapshot: {
      managedPaths: [/^(.+?[\\/]node_modules[\\/])(?!@inference-triage)/],
      module: { hash: true },
      resolve: { hash: true },
    },
    // The engine comes inside the module: no second request, but more than the size at which
    // webpack begins to warn.
    performance: { maxAssetSize: 750_000, maxEntrypointSize: 750_000 },
  });

export default config;
