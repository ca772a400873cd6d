import type { UnknownPart } from '@hopline/model/api';

/** What a list may lack, a line for each that would have told; nothing when all was told. */
export const unknownLines = (unknown: readonly UnknownPart[]): string[] =>
  unknown.map(({ part, server, reason }) =>
    server === ''
      ? `${part} are unknown: ${reason}`
      : `${part} that only ${server} has are not listed: ${reason}`,
  );
