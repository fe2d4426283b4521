// Drill-downs into what surrounds an engine: the GPUs as the DCGM exporter tells them, and Kueue's
// queues.

import { row, timeSeries } from './document.mjs';

/** DCGM writes a value it does not have as about 9.2e18. */
const real = (expression) => `${expression} < 1e18`;

/** The exporter renamed the label in 2026; the shorter form of both is shown. */
const gpuLegend = '{{Hostname}}{{hostname}} GPU {{gpu}}';

const selected = '{job=~"$gpu_job"}';
const gauge = (name) => [{ expr: real(`${name}${selected}`), legend: gpuLegend }];

/** Whether the GPUs compute, wait for memory, or are held back. */
export function hardware() {
  return row(
    'Hardware (DCGM exporter)',
    [
      timeSeries({
        title: 'Memory bandwidth in use',
        description:
          'High while tensor cores are little used: decode is bound by memory bandwidth.',
        unit: 'percentunit',
        max: 1,
        targets: gauge('DCGM_FI_PROF_DRAM_ACTIVE'),
      }),
      timeSeries({
        title: 'Tensor cores in use',
        description: 'High: prefill is bound by computation.',
        unit: 'percentunit',
        max: 1,
        targets: gauge('DCGM_FI_PROF_PIPE_TENSOR_ACTIVE'),
      }),
      timeSeries({
        title: 'GPU utilisation',
        description:
          'Share of time in which any kernel ran: near 100 % in every decode loop, so it tells nothing about headroom.',
        unit: 'percent',
        max: 100,
        targets: gauge('DCGM_FI_DEV_GPU_UTIL'),
      }),
      timeSeries({ title: 'Memory in use', unit: 'mbytes', targets: gauge('DCGM_FI_DEV_FB_USED') }),
      timeSeries({
        title: 'Clock of the multiprocessors',
        description: 'A drop under load is throttling: look at power and temperature.',
        unit: 'hertz',
        targets: [{ expr: real(`DCGM_FI_DEV_SM_CLOCK${selected} * 1e6`), legend: gpuLegend }],
      }),
      timeSeries({ title: 'Power', unit: 'watt', targets: gauge('DCGM_FI_DEV_POWER_USAGE') }),
      timeSeries({ title: 'Temperature', unit: 'celsius', targets: gauge('DCGM_FI_DEV_GPU_TEMP') }),
      timeSeries({
        title: 'Last XID error',
        description: 'Code of the latest error the driver reported; 0: none.',
        unit: 'none',
        targets: gauge('DCGM_FI_DEV_XID_ERRORS'),
      }),
      timeSeries({
        title: 'PCIe traffic',
        unit: 'Bps',
        targets: [
          {
            expr: `sum by (job) (${real(`DCGM_FI_PROF_PCIE_TX_BYTES${selected}`)})`,
            legend: 'sent',
          },
          {
            expr: `sum by (job) (${real(`DCGM_FI_PROF_PCIE_RX_BYTES${selected}`)})`,
            legend: 'received',
          },
        ],
      }),
    ],
    { open: false },
  );
}

/** Whether a replica is missing because no quota was free. Nothing here is about requests. */
export function kueue() {
  return row(
    'Kueue',
    [
      timeSeries({
        title: 'Pending workloads',
        description: 'Workloads that wait for quota: replicas that are missing.',
        targets: [
          {
            expr: 'sum by (cluster_queue, status) (kueue_pending_workloads)',
            legend: '{{cluster_queue}} {{status}}',
          },
        ],
      }),
      timeSeries({
        title: 'Wait for admission, p95',
        unit: 's',
        targets: [
          {
            expr: 'histogram_quantile(0.95, sum by (le, cluster_queue) (rate(kueue_admission_wait_time_seconds_bucket[$__rate_interval])))',
            legend: '{{cluster_queue}}',
          },
        ],
      }),
      timeSeries({
        title: 'Quota in use',
        unit: 'percentunit',
        targets: [
          {
            expr: 'sum by (cluster_queue, flavor, resource) (kueue_cluster_queue_resource_usage) / sum by (cluster_queue, flavor, resource) (kueue_cluster_queue_nominal_quota)',
            legend: '{{cluster_queue}} {{flavor}} {{resource}}',
          },
        ],
      }),
      timeSeries({
        title: 'Admitted workloads',
        targets: [
          {
            expr: 'sum by (cluster_queue) (kueue_admitted_active_workloads)',
            legend: '{{cluster_queue}}',
          },
        ],
      }),
      timeSeries({
        title: 'Evictions',
        unit: 'ops',
        targets: [
          {
            expr: 'sum by (cluster_queue, reason) (rate(kueue_evicted_workloads_total[$__rate_interval]))',
            legend: '{{cluster_queue}} {{reason}}',
          },
        ],
      }),
      timeSeries({
        title: 'Preempted workloads',
        unit: 'ops',
        targets: [
          {
            expr: 'sum by (preempting_cluster_queue, reason) (rate(kueue_preempted_workloads_total[$__rate_interval]))',
            legend: 'by {{preempting_cluster_queue}} {{reason}}',
          },
        ],
      }),
    ],
    { open: false },
  );
}
