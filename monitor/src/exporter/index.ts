export { MonitorSettingsError } from '../errors.ts';
export type { AccessSettings } from './access.ts';
export { type Exporter, type ExporterOptions, startExporter } from './exporter.ts';
export { ENDPOINTS, type Endpoint, JSZ_DETAILS, type JszDetail } from './exporter-settings.ts';
