// The panel and the Prometheus plugin as a Perses server has them installed, loaded by Perses's own
// loader.

import { remotePluginLoader } from '@perses-dev/plugin-system';
import { serverOptions } from 'perses-release';
import { showPanel } from './panel-page';

showPanel(remotePluginLoader(serverOptions()));
