import type { EndpointState, ServerView, UnknownPart } from '@hopline/model/api';

const PARTS = ['servers', 'streams and consumers', 'connections'] as const;
/** Which endpoint tells of a part. */
const TOLD_BY = { 'streams and consumers': 'jsz', connections: 'connz' } as const;

/**
 * What could not be read of the servers that should have told. `account` is there where none may be asked:
 * why the account of our own connection did not list its streams; '' when it did.
 */
export function unknownParts(
  servers: readonly ServerView[],
  account: { refusal: string } | undefined,
): UnknownPart[] {
  if (account) {
    const { refusal } = account;
    const nobody = 'there is no monitoring URL and no user of the system account to ask with';
    return [
      { part: 'servers', server: '', reason: nobody },
      { part: 'connections', server: '', reason: nobody },
      ...(refusal === ''
        ? []
        : [{ part: 'streams and consumers' as const, server: '', reason: refusal }]),
    ];
  }
  if (servers.length === 0) {
    const reason = 'no server answered, and none was heard';
    return PARTS.map((part) => ({ part, server: '', reason }));
  }
  return servers.filter(shouldTell).flatMap((server): UnknownPart[] =>
    (['streams and consumers', 'connections'] as const).flatMap((part) => {
      const told = server.endpoints.find(({ endpoint }) => endpoint === TOLD_BY[part]);
      if (told?.up) return [];
      return [{ part, server: server.name, reason: reasonOf(server, told) }];
    }),
  );
}

/** Not one that ended as planned, nor one that only others name: a leaf node may be none of ours. */
const shouldTell = ({ state, source }: ServerView): boolean =>
  state !== 'stopped' && !(state === 'silent' && source === 'named by others');

function reasonOf({ endpoints, stateReason }: ServerView, told: EndpointState | undefined): string {
  const failed = told ?? endpoints.find(({ up }) => !up);
  return failed ? `/${failed.endpoint}: ${failed.error}` : stateReason || 'it was not asked yet';
}
