import type { Fate } from '@hopline/model';

/** How serious a fate is, as a family of colours. Icon and text carry the same: never colour alone. */
export type Tone = 'ok' | 'warn' | 'danger' | 'info' | 'neutral';

export interface FateLook {
  label: string;
  tone: Tone;
  /** One sentence for the reader who does not know the word. */
  meaning: string;
}

export const FATE_LOOK: Readonly<Record<Fate, FateLook>> = {
  processed: { label: 'Processed', tone: 'ok', meaning: 'The handler finished without an error.' },
  failed: { label: 'Failed', tone: 'danger', meaning: 'The handler ended with an error.' },
  redelivered: {
    label: 'Redelivered',
    tone: 'warn',
    meaning: 'It took more than one attempt.',
  },
  terminated: {
    label: 'Terminated',
    tone: 'danger',
    meaning: 'The consumer refused it for good (term).',
  },
  'dead-lettered': {
    label: 'Dead-lettered',
    tone: 'danger',
    meaning: 'The last permitted attempt failed; the stream gave up.',
  },
  expired: {
    label: 'Expired',
    tone: 'danger',
    meaning: 'It left the stream before it was acknowledged.',
  },
  dropped: {
    label: 'Dropped',
    tone: 'danger',
    meaning: 'Nobody could take it: no interest, no responder or a slow consumer.',
  },
  unconsumed: {
    label: 'Unconsumed',
    tone: 'warn',
    meaning: 'Published, and nobody has taken it within the usual time.',
  },
  delivered: {
    label: 'Delivered',
    tone: 'neutral',
    meaning: 'A server handed it over; the consumer reports nothing.',
  },
  'in-flight': { label: 'In flight', tone: 'info', meaning: 'Under way; no end was seen yet.' },
  unknown: { label: 'Unknown', tone: 'neutral', meaning: 'There is no evidence either way.' },
};
