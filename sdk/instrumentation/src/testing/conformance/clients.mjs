// The two clients behind one face, where their calls differ.

export function modernClient(nats) {
  return {
    name: 'modern',
    nats,
    jetstream: (nc) => nats.jetstream(nc),
    jetstreamManager: (nc) => nats.jetstreamManager(nc),
    bucket: (nc, name) => new nats.Kvm(nc).create(name, { history: 5 }),
    objects: (nc, name) => new nats.Objm(nc).create(name),
    service: (nc, name) => new nats.Svcm(nc).add({ name, version: '1.0.0' }),
    discover: (nc) => new nats.Svcm(nc).client().ping(),
    countStrategy: 'count',
    /** A push subscription of a stream, by callback or to loop over. */
    async push(nc, stream, callback) {
      const js = nats.jetstream(nc);
      const consumer = await js.consumers.getPushConsumer(stream, 'pusher');
      return consumer.consume(callback ? { callback } : {});
    },
  };
}

export function legacyClient(nats) {
  return {
    name: 'legacy',
    nats,
    jetstream: (nc) => nc.jetstream(),
    jetstreamManager: (nc) => nc.jetstreamManager(),
    bucket: (nc, name) => nc.jetstream().views.kv(name, { history: 5 }),
    objects: (nc, name) => nc.jetstream().views.os(name),
    service: (nc, name) => nc.services.add({ name, version: '1.0.0' }),
    discover: (nc) => nc.services.client().ping(),
    countStrategy: nats.RequestStrategy.Count,
    push(nc, stream, callback) {
      const options = nats.consumerOpts().bind(stream, 'pusher').manualAck();
      if (callback) options.callback((_error, message) => message && callback(message));
      return nc.jetstream().subscribe('', options);
    },
  };
}
