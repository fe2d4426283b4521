// The kinds of server that are asked: how rows name one, and how it is started.

import { startPrometheus } from '../../deploy/steps/prometheus.mjs';
import { startVictoriaMetrics } from '../../deploy/steps/victoria-metrics.mjs';

export const serverKinds = {
  prometheus: { where: 'Prometheus 2.42', start: startPrometheus },
  'victoria-metrics': { where: 'VictoriaMetrics 1.79', start: startVictoriaMetrics },
};
