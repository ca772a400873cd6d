export interface OrderItem {
  sku: string;
  quantity: number;
}

/** What a customer posts. */
export interface OrderRequest {
  customer: string;
  items: OrderItem[];
  /** ISO 4217. */
  currency: string;
  totalCents: number;
}

/** What travels in every message about an order. */
export interface Order extends OrderRequest {
  orderId: string;
}

/** ISO 4217 keeps this code for tests: no provider books it, so such an order can never be paid. */
export const UNBOOKABLE_CURRENCY = 'XTS';

/** The fraud check turns this customer down. */
export const FRAUDULENT_CUSTOMER = 'mallory@example.org';

/** Mail to this customer comes back. */
export const BOUNCING_CUSTOMER = 'bounce@example.org';

/** Amounts that end in 5.03 find the payment provider busy at the first attempt. */
export const isBusyAmount = (totalCents: number): boolean => totalCents % 1000 === 503;

/** JSON Schema of `OrderRequest`. */
export const ORDER_SCHEMA = {
  type: 'object',
  required: ['customer', 'items', 'currency', 'totalCents'],
  additionalProperties: false,
  properties: {
    customer: { type: 'string', minLength: 1, maxLength: 200 },
    items: {
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items: {
        type: 'object',
        required: ['sku', 'quantity'],
        additionalProperties: false,
        properties: {
          sku: { type: 'string', minLength: 1, maxLength: 64 },
          quantity: { type: 'integer', minimum: 1, maximum: 1000 },
        },
      },
    },
    currency: { type: 'string', pattern: '^[A-Z]{3}$' },
    totalCents: { type: 'integer', minimum: 1 },
  },
} as const;
