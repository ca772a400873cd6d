// An order on its way through four hops: HTTP, a stream, a worker, and the last subscriber.
const { connect } = require('@nats-io/transport-node');
const { jetstream, jetstreamManager } = require('@nats-io/jetstream');
const express = require('express');
const { run } = require('./express-orders.cjs');

void run({ connect, jetstream, jetstreamManager, express });
