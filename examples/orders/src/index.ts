export { ServiceExitError, StreamSetupError } from './errors.ts';
export { type OrdersOptions, type RunningOrders, startOrders } from './start-orders.ts';
