/** A duration of the store, which may have a fraction, as the contract carries it. */
export const wholeNs = (value: number): string => String(BigInt(Math.round(value)));
