const { connect } = require('@nats-io/transport-node');
const winston = require('winston');

void import('./winston-lines.mjs').then(({ logEverywhere }) => logEverywhere(winston, connect));
