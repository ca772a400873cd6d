import type { Signal } from '@hopline/model';
import type { Rejection } from '../otlp/scan.ts';

/** A way in. */
export type Door = 'http' | 'grpc' | 'nats';

/** Why a whole request was not taken. */
export type Refusal = 'broken' | 'too large' | 'retry later' | 'unsupported';

/** What the intake tells about itself: the telemetry counts it, the live feed passes it on. */
export interface IntakeObserver {
  /** Items are in the journal. */
  accepted(door: Door, signal: Signal, items: number): void;
  /** Single items were left out of an accepted request. */
  rejected(door: Door, signal: Signal, rejections: readonly Rejection[]): void;
  refused(door: Door, refusal: Refusal, reason: string): void;
  /** A segment is in the store: its rows can be asked for. */
  stored(signal: Signal, items: number, durationMs: number): void;
  /** The engine will never take this request; it was kept at `path`. */
  setAside(signal: Signal, path: string, reason: string): void;
  /** Something is wrong that will be tried again: the disk, the engine. */
  trouble(what: string, error: unknown): void;
}
