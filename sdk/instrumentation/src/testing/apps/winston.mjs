import { connect } from '@nats-io/transport-node';
import winston from 'winston';
import { logEverywhere } from './winston-lines.mjs';

await logEverywhere(winston, connect);
