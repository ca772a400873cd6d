// Loaded before everything else: moves the clock of the process by SKEW_MS, and keeps the true one.
const { timeOrigin } = performance;
const skewMs = Number(process.env.SKEW_MS ?? 0);
const systemNow = Date.now;

/** True time, Unix ns. */
globalThis.trueNow = () => BigInt(Math.round((timeOrigin + performance.now()) * 1e3)) * 1000n;
Date.now = () => systemNow() + skewMs;
Object.defineProperty(performance, 'timeOrigin', { value: timeOrigin + skewMs });
