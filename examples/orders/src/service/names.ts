/** Subjects, streams and consumers of the order system: the contract between its services. */
export const ORDERS_STREAM = 'ORDERS';
export const PAYMENTS_STREAM = 'PAYMENTS';

export const ORDER_CREATED = 'orders.created';
export const ORDER_SHIPPED = 'orders.shipped';
export const PAYMENT_CAPTURED = 'payments.captured';
export const PAYMENT_DECLINED = 'payments.declined';
export const FRAUD_CHECK = 'fraud.check';
export const INVENTORY_RESERVED = 'inventory.reserved';
export const LABEL_PRINTED = 'edge.labels.printed';

/** On `@hopline/client`: orders that could not be paid, with the cause in their headers. */
export const ORDER_UNPAID = 'dead.orders.unpaid';
export const DEAD_LETTERS_STREAM = 'DEAD_LETTERS';
/** On `@hopline/client`: keeps what is reserved until shipping has it, durable consumer of that stream. */
export const INVENTORY_STREAM = 'INVENTORY';
export const SHIPPING_CONSUMER = 'shipping';

/** Durable consumer of ORDERS. */
export const PAYMENT_CONSUMER = 'payment';
/** Durable consumer of PAYMENTS. */
export const INVENTORY_CONSUMER = 'inventory';
/** An order whose payment failed this often is given up. */
export const PAYMENT_MAX_DELIVER = 3;
