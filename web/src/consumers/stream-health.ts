import type { StreamView } from '@hopline/model/api';
import type { Tone } from '../ui/fate-look.ts';

/** Share of the nearer of its limits; null where it has none. */
export function fullness(
  stream: Pick<StreamView, 'bytes' | 'maxBytes' | 'messages' | 'maxMessages'>,
): number | null {
  const shares = [
    ...(stream.maxBytes > 0 ? [stream.bytes / stream.maxBytes] : []),
    ...(stream.maxMessages > 0 ? [stream.messages / stream.maxMessages] : []),
  ];
  return shares.length === 0 ? null : Math.max(...shares);
}

/** How the followers of a stream, its sources and its mirror are. */
export function replicaWords({ replicas, origins }: Pick<StreamView, 'replicas' | 'origins'>): {
  tone: Tone;
  words: string;
} {
  const broken = origins.find(({ error }) => error !== '');
  if (broken) return { tone: 'danger', words: `${broken.kind} ${broken.name}: ${broken.error}` };
  const offline = replicas.filter(({ isOffline }) => isOffline);
  if (offline.length > 0) {
    return { tone: 'danger', words: `${offline.map(({ name }) => name).join(', ')} offline` };
  }
  const behind = replicas.filter(({ isCurrent }) => !isCurrent);
  if (behind.length > 0) {
    const worst = Math.max(...behind.map(({ lag }) => lag));
    return {
      tone: 'warn',
      words: `${behind.map(({ name }) => name).join(', ')} behind${worst > 0 ? ` by ${worst}` : ''}`,
    };
  }
  const late = origins.find(({ lag }) => lag > 0);
  if (late) return { tone: 'info', words: `${late.lag} behind ${late.name}` };
  return replicas.length === 0
    ? { tone: 'neutral', words: 'one copy' }
    : { tone: 'ok', words: `all ${replicas.length + 1} current` };
}
