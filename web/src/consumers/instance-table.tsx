import type { ResponseOf } from '@hopline/model/api';
import type { ReactNode } from 'react';
import { durationLabel } from '../ui/duration-text.tsx';
import { countLabel, ratioLabel } from '../ui/number-text.ts';
import { ServiceName } from '../ui/service-name.tsx';
import { TimeText } from '../ui/time-text.tsx';
import styles from './consumers.module.css';

type Instances = ResponseOf<'consumer'>['instances'];

/** Who handles the messages, and how they share them: one that is slow, or gets nothing, stands out. */
export function InstanceTable({ instances }: { instances: Instances }): ReactNode {
  const all = instances.reduce((sum, { handled }) => sum + handled, 0);
  return (
    <section className={styles.instances}>
      <h2>Instances, in the last hour of the range</h2>
      {instances.length === 0 ? (
        <p className="quiet">No span tells of a handler of these messages.</p>
      ) : (
        <table aria-label="Instances">
          <thead>
            <tr>
              <th scope="col">Service</th>
              <th scope="col">Instance</th>
              <th scope="col">Share</th>
              <th scope="col">Handled</th>
              <th scope="col">Failed</th>
              <th scope="col">Handler P50</th>
              <th scope="col">Handler P99</th>
              <th scope="col">Last</th>
            </tr>
          </thead>
          <tbody>
            {instances.map((one) => (
              <tr key={`${one.service} ${one.instance}`}>
                <td>
                  <ServiceName name={one.service} />
                </td>
                <td>{one.instance || <span className="quiet">not told</span>}</td>
                <td>
                  <meter
                    max={1}
                    value={one.handled / all}
                    aria-label={`Share of ${one.instance || one.service}`}
                  />{' '}
                  {ratioLabel(one.handled / all)}
                </td>
                <td>{countLabel(one.handled)}</td>
                <td>{countLabel(one.failed)}</td>
                <td>{durationLabel(one.durationP50)}</td>
                <td>{durationLabel(one.durationP99)}</td>
                <td>
                  <TimeText ns={one.last} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
