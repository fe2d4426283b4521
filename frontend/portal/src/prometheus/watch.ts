/**
 * The instances that a watch named: engines that came, went or restarted. An instance without a
 * name is the empty one.
 */
export function instancesOf(response: Uint8Array): string[] {
  const envelope = JSON.parse(new TextDecoder().decode(response)) as {
    data?: { result?: { metric?: { instance?: string } }[] };
  };
  return (envelope.data?.result ?? []).map(({ metric }) => metric?.instance ?? '');
}
