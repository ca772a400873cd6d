import { Kbd, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './help-sheet.module.css';

export interface HelpGroup {
  title: string;
  keys: readonly (readonly [keys: string, action: string])[];
}

/** Every key of every page on one sheet. */
export function HelpSheet(props: {
  groups: readonly HelpGroup[];
  opened: boolean;
  onClose: () => void;
}): ReactNode {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Keyboard" size={720} centered>
      <div className={styles.groups}>
        {props.groups.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.keys.map(([keys, action]) => (
                <div key={keys}>
                  <dt>
                    {keys.split(' ').map((key) => (
                      <Kbd key={key} size="xs">
                        {key}
                      </Kbd>
                    ))}
                  </dt>
                  <dd>{action}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
