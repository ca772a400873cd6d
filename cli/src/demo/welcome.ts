import { ownCommand } from '../own-command.ts';

interface Addresses {
  uiUrl: string;
  gatewayUrl: string;
  otlpHttpUrl: string;
}

const ORDER =
  '{"customer":"you@example.org","items":[{"sku":"sku-100","quantity":1}],' +
  '"currency":"EUR","totalCents":4599}';

/** What a newcomer reads when everything runs. */
export function welcome({ uiUrl, gatewayUrl, otlpHttpUrl }: Addresses, durationMs: number | null) {
  const ending =
    durationMs === null
      ? 'Ctrl-C stops everything.'
      : `It stops by itself in ${durationMs / 1000} s.`;
  return `
  Open        ${uiUrl}

  Look first  the map: who talks to whom; the warehouse sits behind a leaf node
              ${uiUrl}/messages?outcome=dead-lettered
                orders that could not be paid, and why; the first comes within seconds

  Post one    curl -s ${gatewayUrl}/orders -H 'content-type: application/json' \\
                -d '${ORDER}'
              with "currency":"XTS" it can never be paid and ends as dead-lettered

  Follow it   ${ownCommand()} trace <traceId of the answer>${urlHint(uiUrl)}

  Send yours  OTEL_EXPORTER_OTLP_ENDPOINT=${otlpHttpUrl}

  ${ending}

`;
}

const urlHint = (uiUrl: string): string =>
  uiUrl === 'http://127.0.0.1:7070' ? '' : ` --url ${uiUrl}`;
