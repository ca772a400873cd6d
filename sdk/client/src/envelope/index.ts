export type { CloudEvent } from './cloud-event.ts';
export { checkCloudEvent, fromCloudEvent, toCloudEvent } from './cloud-event.ts';
export type { MessageParts } from './cloud-event-message.ts';
export { readCloudEvent, toHeaderMessage, toStructuredMessage } from './cloud-event-message.ts';
export type { Checked, Envelope } from './envelope.ts';
export { checkEnvelope, decodeEnvelope, encodeEnvelope, envelope } from './envelope.ts';
export { ulid, uuidV7 } from './ids.ts';
export type { SubjectProblem, SubjectRules } from './lint-subject.ts';
export { lintSubject } from './lint-subject.ts';
