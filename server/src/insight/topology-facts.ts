import type { AssetRow } from '@hopline/model';
import type { MapTraffic } from '../store/store.ts';

/** All that the map is drawn from, of one range of time. */
export type TopologyFacts = {
  readonly [Fact in keyof MapTraffic]: Readonly<MapTraffic[Fact]>;
} & { readonly assets: readonly AssetRow[] };
