// The rows about what decides how many replicas there are: Kubernetes, its autoscaler, and Kueue.

import { row, timeSeries } from './document.mjs';
import { inNamespaces } from './in-namespaces.mjs';

const sumBy = (labels, expression) => `sum by (${labels}) (${expression})`;
const most = (labels, name) =>
  `max by (namespace, exported_namespace, ${labels}) (${inNamespaces(name)})`;

/** Workloads of either kind, wanted and ready. */
const workloads = (names, legend) =>
  Object.entries(names).map(([label, name]) => ({
    expr: most(label, name),
    legend: `{{${label}}} ${legend}`,
  }));

/** Replicas that are wanted, those that serve, and what keeps the others. */
export function replicas({ open = false } = {}) {
  const wanted = {
    deployment: 'kube_deployment_spec_replicas',
    statefulset: 'kube_statefulset_replicas',
  };
  const ready = {
    deployment: 'kube_deployment_status_replicas_ready',
    statefulset: 'kube_statefulset_status_replicas_ready',
  };
  return row(
    'Replicas wanted, scheduled and ready',
    [
      timeSeries({
        title: 'Wanted and ready',
        description: 'Fewer ready than wanted: capacity is missing, whatever the engines show.',
        targets: [...workloads(wanted, 'wanted'), ...workloads(ready, 'ready')],
      }),
      timeSeries({
        title: 'Pods that do not run yet',
        description:
          'Unschedulable: no node has room. Pending also counts pods whose image is pulled.',
        targets: [
          {
            expr: sumBy(
              'namespace',
              inNamespaces('kube_pod_status_phase', { matchers: 'phase="Pending"' }),
            ),
            legend: 'pending',
          },
          {
            expr: sumBy('namespace', inNamespaces('kube_pod_status_unschedulable')),
            legend: 'unschedulable',
          },
        ],
      }),
      timeSeries({
        title: 'Containers that wait, by reason',
        description:
          'CrashLoopBackOff: the process ends again and again. ContainerCreating: image or volume.',
        targets: [
          {
            expr: sumBy('reason', inNamespaces('kube_pod_container_status_waiting_reason')),
            legend: '{{reason}}',
          },
        ],
      }),
      timeSeries({
        title: 'Containers by the reason of their last end',
        description: 'OOMKilled: the memory of the host ran out, not that of the GPU.',
        targets: [
          {
            expr: sumBy('reason', inNamespaces('kube_pod_container_status_last_terminated_reason')),
            legend: '{{reason}}',
          },
          {
            expr: sumBy('reason', inNamespaces('kube_pod_status_reason')),
            legend: 'pod: {{reason}}',
          },
        ],
      }),
      timeSeries({
        title: 'Autoscaler',
        description:
          'Desired at its maximum: it can scale no further. Scaling out cures no cap of slots.',
        targets: ['status_desired', 'status_current', 'spec_max'].map((name) => ({
          expr: most('horizontalpodautoscaler', `kube_horizontalpodautoscaler_${name}_replicas`),
          legend: `{{horizontalpodautoscaler}} ${name.split('_')[1]}`,
        })),
      }),
    ],
    { open },
  );
}

/**
 * Whether replicas are missing because no quota was free. A cluster queue belongs to no namespace;
 * nothing here is about requests.
 */
export function kueue({ open = false } = {}) {
  return row(
    'Kueue',
    [
      timeSeries({
        title: 'Pending workloads',
        description: 'Workloads that wait for quota: replicas that are missing.',
        targets: [
          {
            expr: sumBy('cluster_queue, status', 'kueue_pending_workloads'),
            legend: '{{cluster_queue}} {{status}}',
          },
        ],
      }),
      timeSeries({
        title: 'Reserving and admitted workloads',
        description: 'Reserving but not admitted: a check of the admission holds them.',
        targets: [
          {
            expr: sumBy('cluster_queue', 'kueue_reserving_active_workloads'),
            legend: '{{cluster_queue}} reserving',
          },
          {
            expr: sumBy('cluster_queue', 'kueue_admitted_active_workloads'),
            legend: '{{cluster_queue}} admitted',
          },
        ],
      }),
      timeSeries({
        title: 'Quota of GPUs',
        description:
          'Usage at the nominal quota while workloads are pending: quota is what is missing.',
        targets: [
          { expr: quota('kueue_cluster_queue_resource_usage'), legend: `${flavor} used` },
          { expr: quota('kueue_cluster_queue_nominal_quota'), legend: `${flavor} quota` },
        ],
      }),
      timeSeries({
        title: 'Evictions',
        description: 'A workload that loses its quota takes its replicas with it.',
        unit: 'ops',
        targets: [
          {
            expr: sumBy(
              'cluster_queue, reason',
              'rate(kueue_evicted_workloads_total[$__rate_interval])',
            ),
            legend: '{{cluster_queue}} {{reason}}',
          },
        ],
      }),
    ],
    { open },
  );
}

const flavor = '{{cluster_queue}} {{flavor}} {{resource}}';
const quota = (name) =>
  sumBy('cluster_queue, flavor, resource', `${name}{resource=~"nvidia.com/gpu|amd.com/gpu"}`);
