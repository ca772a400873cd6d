import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './setup-steps.module.css';

const NODE_COMMAND = 'node --import @hopline/instrumentation/register app.js';

/**
 * How to make a service tell Hopline about its messages; shown wherever nothing has arrived yet.
 * `otlpPort` is that of Hopline's OTLP/HTTP door.
 */
export function SetupSteps({ otlpPort = 4318 }: { otlpPort?: number | undefined }): ReactNode {
  return (
    <ol className={styles.steps}>
      <li>
        <p>A Node service needs no change in its code, only another way to start it:</p>
        <Command text={NODE_COMMAND} />
      </li>
      <li>
        <p>Any other OpenTelemetry SDK (Go, Java, Python, .NET) is pointed here:</p>
        <Command text={`OTEL_EXPORTER_OTLP_ENDPOINT=http://${endpointHost()}:${otlpPort}`} />
      </li>
      <li>
        <p>Nothing at hand? The example system shows every screen with real traffic:</p>
        <Command text="npm run demo" />
      </li>
    </ol>
  );
}

/** The host the page came from: a laptop that looks at a remote Hopline must point there. */
const endpointHost = (): string => window.location.hostname || 'localhost';

function Command({ text }: { text: string }): ReactNode {
  const clipboard = useClipboard({ timeout: 1200 });
  return (
    <button
      type="button"
      className={styles.command}
      onClick={() => clipboard.copy(text)}
      aria-label={`Copy: ${text}`}
    >
      <code>{text}</code>
      {clipboard.copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
    </button>
  );
}
