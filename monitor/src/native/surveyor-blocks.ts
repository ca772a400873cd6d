import type { ClusterSnapshot } from '@hopline/model/api';
import { type MetricBlock, specs } from '../endpoints/compat/metric-block.ts';
import { withinBudget } from './budget.ts';
import { leftOutBlock, type NativeOptions } from './native-blocks.ts';
import { surveyorAccountBlocks } from './surveyor-account-blocks.ts';
import { surveyorAssetBlocks } from './surveyor-asset-blocks.ts';
import { surveyorJetStreamBlocks } from './surveyor-jetstream-blocks.ts';
import { surveyorLinkBlocks } from './surveyor-link-blocks.ts';
import { surveyorServerBlocks } from './surveyor-server-blocks.ts';

/**
 * A sweep under the names, labels and types of nats-surveyor v0.9, for its dashboards. What a sweep does
 * not know has no sample; docs/howto/prometheus.md lists what that is.
 */
export function surveyorBlocks(
  snapshot: ClusterSnapshot,
  options: Pick<NativeOptions, 'maxSeries'>,
): MetricBlock[] {
  const { servers, time } = snapshot;
  const { streams, consumers, leftOut } = withinBudget(snapshot, options.maxSeries);
  const up = servers.filter(({ figures }) => figures !== null);
  const surveyed = up.length;
  const isSwept = time !== null;
  return [
    {
      metrics: specs('nats', { up: '1 when any server answered the last sweep' }),
      rows: [{ labels: '', values: [Number(surveyed > 0)] }],
    },
    {
      metrics: specs('nats_survey', {
        surveyed_count: 'servers that answered',
        expected_count: 'servers known, those that are down or silent too',
      }),
      rows: isSwept ? [{ labels: '', values: [surveyed, servers.length] }] : [],
    },
    ...surveyorServerBlocks(servers, time),
    ...surveyorJetStreamBlocks(up),
    ...surveyorLinkBlocks(up),
    ...surveyorAccountBlocks(up, snapshot.streams, streams),
    ...surveyorAssetBlocks({ servers, streams, consumers, allStreams: snapshot.streams }),
    leftOutBlock(leftOut),
  ];
}
