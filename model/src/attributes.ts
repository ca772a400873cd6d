/**
 * Attribute names. Standard ones follow OpenTelemetry's messaging conventions (v1.44, status
 * Development); `messaging.nats.*` are Hopline's, in the style of the other systems' extensions.
 * No other file spells an attribute key.
 */
export const ATTR = {
  serviceName: 'service.name',
  serviceNamespace: 'service.namespace',
  serviceInstanceId: 'service.instance.id',

  system: 'messaging.system',
  operationName: 'messaging.operation.name',
  operationType: 'messaging.operation.type',
  destination: 'messaging.destination.name',
  destinationTemplate: 'messaging.destination.template',
  destinationTemporary: 'messaging.destination.temporary',
  subscription: 'messaging.destination.subscription.name',
  consumerGroup: 'messaging.consumer.group.name',
  clientId: 'messaging.client.id',
  messageId: 'messaging.message.id',
  conversationId: 'messaging.message.conversation_id',
  bodySize: 'messaging.message.body.size',
  batchCount: 'messaging.batch.message_count',
  errorType: 'error.type',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  exceptionType: 'exception.type',
  exceptionMessage: 'exception.message',
  exceptionStacktrace: 'exception.stacktrace',
  httpMethod: 'http.request.method',
  httpRoute: 'http.route',
  httpStatus: 'http.response.status_code',

  /** Stream that stored the message: from the PubAck or from the `$JS.ACK` reply subject. */
  stream: 'messaging.nats.stream.name',
  /** JetStream domain, when the message carries one. */
  domain: 'messaging.nats.domain',
  /** Sequence in the stream, int. */
  streamSequence: 'messaging.nats.stream.sequence',
  /** Name of the JetStream consumer. */
  consumer: 'messaging.nats.consumer.name',
  /** Sequence of this delivery in the consumer, int. */
  consumerSequence: 'messaging.nats.consumer.sequence',
  /** 1 for the first attempt, int. */
  deliveryCount: 'messaging.nats.message.delivery_count',
  /** Tst: when the stream stored the message. Unix ns as a decimal string: int64 is not safe in JS. */
  storeTime: 'messaging.nats.message.store_time',
  /** T3: when the client library had parsed the message. Unix ns as a decimal string. */
  receiveTime: 'messaging.nats.message.receive_time',
  /** T0 as the `Hopline-Publish-Time` header of a core message says. Unix ns as a decimal string. */
  publishTime: 'messaging.nats.message.publish_time',
  /** Messages still waiting for this consumer when this one was delivered, int. */
  consumerPending: 'messaging.nats.consumer.pending',
  /** ack | nak | term | in_progress | ack_confirmed, on settle spans. */
  disposition: 'messaging.nats.settle.disposition',
  /** True when the PubAck said that the stream already had this `Nats-Msg-Id`. */
  duplicate: 'messaging.nats.publish.duplicate',
  /** On the `retry` events of a publish to a stream: 2 for the first repetition, int. */
  publishAttempt: 'messaging.nats.publish.attempt',
  /** Name of the connection the client gave to the server. */
  connectionName: 'messaging.nats.connection.name',
  /** connecting | connected | reconnecting | lame duck | closed. */
  connectionState: 'messaging.nats.connection.state',
  /** Why a buffer let a message go: oldest | newest | age | refused | closed. */
  dropReason: 'messaging.nats.drop.reason',
  /** Name of a publisher, its own among those of its connection. */
  publisherName: 'messaging.nats.publisher.name',
  /** acknowledged | duplicate | dropped | refused | uncertain. */
  publishOutcome: 'messaging.nats.publish.outcome',
  /** handled | duplicate | retried | dead lettered. */
  consumeOutcome: 'messaging.nats.consume.outcome',
  /** Content hash of the schema that a message was written with. */
  schemaId: 'messaging.nats.schema.id',
  /** avro | json | protobuf. */
  schemaFormat: 'messaging.nats.schema.format',
  /** Subject of the registry that the schema is a version of. */
  schemaSubject: 'messaging.nats.schema.subject',
  /** Version in that subject, int. */
  schemaVersion: 'messaging.nats.schema.version',
  /** Why a message could not be decoded: decode_failed | framing | schema_unknown. */
  schemaError: 'messaging.nats.schema.error',
  /** Followed by the lower-case name of a header that the user allowed to be captured; string array. */
  headerPrefix: 'messaging.header.',
  /** key-value | object-store, on operations of those stores. */
  storeKind: 'messaging.nats.store.kind',
  /** Name of the key-value bucket or object store. */
  bucket: 'messaging.nats.bucket.name',
  /** Key of a key-value operation. */
  key: 'messaging.nats.key',
  /** Name of the service whose endpoint handles the message. */
  microservice: 'messaging.nats.service.name',
  /** Name of that endpoint. */
  endpoint: 'messaging.nats.service.endpoint',
  /** Code of a `Nats-Service-Error` answer, string. */
  serviceErrorCode: 'messaging.nats.service.error_code',

  serviceVersion: 'service.version',
  /** On the spans of nats-server itself, which Hopline makes of the servers' trace events. */
  serverName: 'messaging.nats.server.name',
  cluster: 'messaging.nats.cluster.name',
  account: 'messaging.nats.account.name',
  /** Number that the server gave the client connection. */
  connectionId: 'messaging.nats.connection.id',
  /** '1.2': the second server that the first server after the publisher's sent the message to. */
  hop: 'messaging.nats.hop.id',
  /** Hop ids that this server announced, comma-separated. */
  hopExpects: 'messaging.nats.hop.expects',
  /** "true": an announced hop whose server did not report. */
  hopMissing: 'messaging.nats.hop.missing',
  /** "true": a server below this one did not report. */
  incomplete: 'messaging.nats.hop.incomplete',
  /** ns that this server's clock is behind the one of the server before it, at least. */
  clockBehind: 'messaging.nats.hop.clock_behind_ns',
  /** client | router | gateway | leaf | ...: whom the server had the message from. */
  ingressKind: 'messaging.nats.ingress.kind',
  ingressName: 'messaging.nats.ingress.name',
  subjectBefore: 'messaging.nats.subject.before',
  subjectAfter: 'messaging.nats.subject.after',
} as const;

export const MESSAGING_SYSTEM = 'nats';

/** Values of `messaging.operation.type`. */
export type OperationType = 'create' | 'send' | 'receive' | 'process' | 'settle';
