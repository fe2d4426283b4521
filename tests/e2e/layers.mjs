// What a cluster exports around an engine, under the names and labels that the exporters document:
// kube-state-metrics, Kueue, DCGM, cAdvisor and the endpoint picker of llm-d. The published slot
// cap in such a cluster: its autoscaler scales out, and no quota is left for what it wants.

import { toOpenMetrics } from '../../deploy/steps/openmetrics.mjs';
import { onsetSeries } from '../../deploy/steps/incidents.mjs';
import { startPrometheus } from '../../deploy/steps/prometheus.mjs';
import { onsetTime } from './portal/incidents.mjs';

const namespace = 'chat';
const pod = 'vllm-7d9f8b6c5d-x2x5c';
const waiting = ['vllm-7d9f8b6c5d-9qkzb', 'vllm-7d9f8b6c5d-j7w2m'];

/** The autoscaler follows five minutes behind the cap. */
const scaledOut = onsetTime + 300;

/** Scraped without `honor_labels`: `namespace` and `pod` are those of kube-state-metrics. */
const kube = {
  job: 'kube-state-metrics',
  instance: '10.0.1.4:8080',
  namespace: 'monitoring',
  pod: 'kube-state-metrics-0',
  exported_namespace: namespace,
};
const kueue = { job: 'kueue', instance: '10.0.1.9:8443', cluster_queue: 'chat' };
const gpus = { ...kueue, flavor: 'h100', resource: 'nvidia.com/gpu' };
const device = {
  job: 'dcgm',
  instance: '10.0.0.7:9400',
  gpu: '0',
  UUID: 'GPU-5a1c',
  modelName: 'NVIDIA H100 80GB HBM3',
  Hostname: 'node-1',
  namespace,
  pod,
  container: 'engine',
};
const container = { job: 'kubelet', instance: 'node-1:10250', namespace, pod, container: 'engine' };
const picker = { job: 'epp', instance: '10.0.1.12:9090', model_name: 'gemma' };

/** Gauges: name, labels, value until the autoscaler scales out, value from then on. */
const states = [
  ['kube_deployment_spec_replicas', { ...kube, deployment: 'vllm' }, 1, 3],
  ['kube_deployment_status_replicas_ready', { ...kube, deployment: 'vllm' }, 1, 1],
  ['kube_statefulset_replicas', { ...kube, statefulset: 'cache' }, 3, 3],
  ['kube_statefulset_status_replicas_ready', { ...kube, statefulset: 'cache' }, 3, 3],
  ...['desired', 'current'].map((name) => [
    `kube_horizontalpodautoscaler_status_${name}_replicas`,
    { ...kube, horizontalpodautoscaler: 'vllm' },
    1,
    3,
  ]),
  [
    'kube_horizontalpodautoscaler_spec_max_replicas',
    { ...kube, horizontalpodautoscaler: 'vllm' },
    4,
    4,
  ],
  [
    'kube_horizontalpodautoscaler_info',
    {
      ...kube,
      horizontalpodautoscaler: 'vllm',
      scaletargetref_kind: 'Deployment',
      scaletargetref_name: 'vllm',
    },
    1,
    1,
  ],
  ['kube_pod_info', { ...kube, exported_pod: pod, node: 'node-1', pod_ip: '10.0.0.7' }, 1, 1],
  ...[pod, ...waiting].flatMap((name) => [
    ...['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'].map((phase) => [
      'kube_pod_status_phase',
      { ...kube, exported_pod: name, phase },
      Number(name === pod && phase === 'Running'),
      Number(phase === (name === pod ? 'Running' : 'Pending')),
    ]),
    ['kube_pod_status_reason', { ...kube, exported_pod: name, reason: 'Evicted' }, 0, 0],
  ]),
  ['kube_pod_status_unschedulable', { ...kube, exported_pod: waiting[0] }, undefined, 1],
  [
    'kube_pod_container_status_waiting_reason',
    { ...kube, exported_pod: waiting[1], container: 'engine', reason: 'ContainerCreating' },
    undefined,
    1,
  ],
  [
    'kube_pod_container_status_last_terminated_reason',
    { ...kube, exported_pod: 'cache-0', container: 'cache', reason: 'Completed' },
    1,
    1,
  ],
  ['kueue_pending_workloads', { ...kueue, status: 'active' }, 0, 1],
  ['kueue_pending_workloads', { ...kueue, status: 'inadmissible' }, 0, 1],
  ['kueue_reserving_active_workloads', kueue, 1, 1],
  ['kueue_admitted_active_workloads', kueue, 1, 1],
  ['kueue_cluster_queue_resource_usage', gpus, 1, 1],
  ['kueue_cluster_queue_nominal_quota', gpus, 1, 1],
  ['DCGM_FI_DEV_SM_CLOCK', device, 1980, 1980],
  ['DCGM_FI_DEV_CLOCKS_EVENT_REASONS', device, 0, 4],
  ['DCGM_FI_DEV_POWER_USAGE', device, 412.3, 405.1],
  ['DCGM_FI_DEV_POWER_MGMT_LIMIT', device, 700, 700],
  ['DCGM_FI_DEV_GPU_TEMP', device, 54, 53],
  ['DCGM_FI_DEV_XID_ERRORS', device, 0, 0],
  ['DCGM_FI_DEV_FB_USED', device, 72_300, 72_300],
  ['DCGM_FI_PROF_SM_ACTIVE', device, 0.71, 0.66],
  ['DCGM_FI_PROF_DRAM_ACTIVE', device, 0.62, 0.57],
  ['DCGM_FI_PROF_PIPE_TENSOR_ACTIVE', device, 0.08, 0.07],
  ['llm_d_epp_flow_control_queue_size', { ...picker, fairness_id: 'default' }, 0, 0],
];

/** Counters: name, labels, growth a second. */
const counts = [
  ['kueue_evicted_workloads_total', { ...kueue, reason: 'Preempted' }, 0],
  ['container_cpu_cfs_periods_total', container, 10],
  ['container_cpu_cfs_throttled_periods_total', container, 0.02],
];

/** The published onset as an engine in a pod, with everything that its cluster exports. */
export function clusterSeries() {
  const engine = onsetSeries().map(({ metric, values }) => ({
    metric: { ...metric, namespace, pod },
    values,
  }));
  const answered = engine.find(
    ({ metric }) => metric.__name__ === 'vllm:time_to_first_token_seconds_count',
  );
  const times = timesOf(engine);
  return [
    ...engine,
    ...states.map(([name, labels, before, after]) =>
      series(name, labels, times, (seconds) => (seconds < scaledOut ? before : after)),
    ),
    ...counted(counts, times),
    { metric: { __name__: 'llm_d_epp_request_total', ...picker }, values: answered.values },
  ];
}

const timesOf = ([{ values }]) => values.map(([seconds]) => seconds);

const counted = (rows, times) =>
  rows.map(([name, labels, rate]) =>
    series(name, labels, times, (seconds) => rate * (seconds - times[0])),
  );

/** A series at these times; where there is no value there is no sample. */
function series(name, labels, times, value) {
  const samples = times.map((seconds) => [seconds, value(seconds)]);
  return {
    metric: { __name__: name, ...labels },
    values: samples.flatMap(([seconds, sample]) =>
      sample === undefined ? [] : [[seconds, String(sample)]],
    ),
  };
}

/** Exporters of other clusters, each with a series that a diagnosis reads. */
const elsewhere = [
  ['amd_gpu_power_usage', { ...device, job: 'amd', card_series: 'MI300X' }, 0],
  ['dynamo_frontend_requests_started_total', { model: 'other', job: 'dynamo' }, 1],
  ['vllm_router_requests_total', { route: '/v1/completions', job: 'router' }, 1],
  ['vllm:num_incoming_requests_total', { model: 'other', job: 'production-stack' }, 1],
];

/** What the dashboards ask for and this cluster does not export. */
export const elsewhereSeries = () => counted(elsewhere, timesOf(clusterSeries()));

/** A Prometheus that holds the cluster, and series beside it. */
export const prometheusWithCluster = (beside = []) =>
  startPrometheus({ backfill: toOpenMetrics([...clusterSeries(), ...beside]) });
