import type { AssetRow } from '@hopline/model';
import type {
  FlowRow,
  HttpCallRow,
  ServerArrivalRow,
  ServerDeliveryRow,
  ServerStoreRow,
  ServiceActivityRow,
} from '../store/store.ts';

/** All that the map is drawn from, of one range of time. */
export interface TopologyFacts {
  flows: readonly FlowRow[];
  httpCalls: readonly HttpCallRow[];
  activity: readonly ServiceActivityRow[];
  deliveries: readonly ServerDeliveryRow[];
  arrivals: readonly ServerArrivalRow[];
  stores: readonly ServerStoreRow[];
  assets: readonly AssetRow[];
}
