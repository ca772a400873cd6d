import type { NodeProps } from '@xyflow/react';
import type { ReactNode } from 'react';
import type { GroupNode } from './flow-elements.ts';
import styles from './map.module.css';

/** The frame around what stands together: a site, or a namespace of subjects. */
export function GroupView({ data }: NodeProps<GroupNode>): ReactNode {
  return (
    <div className={styles.group} data-group={data.name}>
      <span className="ellipsis" title={data.name}>
        {data.name}
      </span>
    </div>
  );
}
