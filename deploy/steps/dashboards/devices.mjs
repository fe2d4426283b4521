// The rows about what engines run on: GPUs as their exporters tell them, and the containers' quota
// of processor time.

import { row, timeSeries } from './document.mjs';
import { inNamespaces } from './in-namespaces.mjs';

/**
 * DCGM writes what it does not have as 2147483632 and up, or 140737488355328 and up; no reading
 * below comes near the smaller.
 */
const real = (expression) => `${expression} < 2e9`;

/** The exporter renamed the label in 2026; the shorter form of both is shown. */
const gpuLegend = '{{Hostname}}{{hostname}} GPU {{gpu}}';

const selected = '{job=~"$gpu_job",instance=~"$gpu_exporter"}';
const gauge = (name, scale = '') => [
  { expr: real(`DCGM_${name}${selected}${scale}`), legend: gpuLegend },
];

const reasons = ['FI_DEV_CLOCKS_EVENT_REASONS', 'FI_DEV_CLOCK_THROTTLE_REASONS']
  .map((name) => `DCGM_${name}${selected}`)
  .join(' or ');

/**
 * NVML's bits of what holds a clock back; idle and a clock that was asked for slow nothing that
 * works.
 */
const bits = [
  [4, 'power cap'],
  [8, 'hardware slowdown'],
  [32, 'thermal'],
  [64, 'thermal (hardware)'],
  [128, 'power brake'],
];

/** Whether the GPUs compute, wait for memory, or are held back, and by what. */
export function devices({ open = false } = {}) {
  return row(
    'Devices',
    [
      timeSeries({
        title: 'Clock of the multiprocessors',
        description: 'A drop under load is throttling: the next chart says what holds it back.',
        unit: 'hertz',
        targets: gauge('FI_DEV_SM_CLOCK', ' * 1e6'),
      }),
      timeSeries({
        title: 'GPUs held back, by reason',
        description:
          'Off in the default list of the DCGM exporter: add DCGM_FI_DEV_CLOCKS_EVENT_REASONS.',
        targets: bits.map(([bit, legend]) => ({
          expr: `sum(floor((${real(`(${reasons})`)}) / ${bit}) % 2)`,
          legend,
        })),
      }),
      timeSeries({
        title: 'Power',
        description: 'Decode draws 137 to 300 W where prefill draws 700 W.',
        unit: 'watt',
        targets: gauge('FI_DEV_POWER_USAGE'),
      }),
      timeSeries({
        title: 'Power limit',
        description: 'Lower on one GPU than on its siblings: that one is slower.',
        unit: 'watt',
        targets: gauge('FI_DEV_POWER_MGMT_LIMIT'),
      }),
      timeSeries({
        title: 'Temperature',
        unit: 'celsius',
        targets: gauge('FI_DEV_GPU_TEMP'),
      }),
      timeSeries({
        title: 'Last XID error',
        description: 'Code of the latest error that the driver reported; 0: none.',
        unit: 'none',
        targets: gauge('FI_DEV_XID_ERRORS'),
      }),
      timeSeries({
        title: 'Memory bandwidth in use',
        description:
          'High while tensor cores are little used: decode is bound by memory bandwidth.',
        unit: 'percentunit',
        max: 1,
        targets: gauge('FI_PROF_DRAM_ACTIVE'),
      }),
      timeSeries({
        title: 'Multiprocessors active',
        description: 'Low while requests wait: the host does not keep the GPU busy.',
        unit: 'percentunit',
        max: 1,
        targets: gauge('FI_PROF_SM_ACTIVE'),
      }),
      timeSeries({
        title: 'Tensor cores in use',
        description: 'High: prefill is bound by computation.',
        unit: 'percentunit',
        max: 1,
        targets: gauge('FI_PROF_PIPE_TENSOR_ACTIVE'),
      }),
      timeSeries({ title: 'Memory in use', unit: 'mbytes', targets: gauge('FI_DEV_FB_USED') }),
      timeSeries({
        title: "CPU periods in which the pod's quota ran out",
        description: 'A throttled API server or scheduler adds time that no GPU metric shows.',
        unit: 'percentunit',
        max: 1,
        targets: [
          {
            expr: `${ofPods('throttled_periods')} / ${ofPods('periods')}`,
            legend: '{{pod}} {{exported_pod}}',
          },
        ],
      }),
    ],
    { open },
  );
}

/**
 * A rate of each pod. The sum over the containers of a pod has a series of its own, without a
 * container.
 */
const ofPods = (name) => {
  const each = inNamespaces(`container_cpu_cfs_${name}_total`, {
    matchers: 'container!=""',
    window: '[$__rate_interval]',
    wrap: (selector) => `rate(${selector})`,
  });
  return `sum by (pod, exported_pod) (${each})`;
};
