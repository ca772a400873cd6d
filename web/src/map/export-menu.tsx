import type { TopologyResponse } from '@hopline/model/api';
import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { download } from '../ui/download.ts';
import type { Grouping } from './groups.ts';
import { mermaidOf } from './mermaid.ts';
import { type PictureColours, pictureOf } from './picture.ts';

/** Pixels of a PNG for each of the map's: sharp on a dense screen and in print. */
const PNG_SCALE = 2;

/** What is shown of the map, as a file. */
export function ExportMenu(props: {
  topology: Pick<TopologyResponse, 'nodes' | 'edges'> | undefined;
  grouping: Grouping | undefined;
}): ReactNode {
  const { topology, grouping } = props;
  const [failure, setFailure] = useState('');
  const [isOpen, setOpen] = useState(false);
  if (!topology || topology.nodes.length === 0) return null;
  const savePng = (): void => {
    pngOf(topology, grouping).then(
      (png) => {
        download('hopline-map.png', 'image/png', png);
        setOpen(false);
      },
      (error: unknown) => setFailure(`cannot make a PNG: ${String(error)}`),
    );
  };
  return (
    <Menu shadow="md" position="bottom-start" opened={isOpen} onChange={setOpen}>
      <Menu.Target>
        <Button size="xs" variant="default" px={9} leftSection={<IconDownload size={14} />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          onClick={() =>
            download(
              'hopline-map.svg',
              'image/svg+xml',
              pictureOf(topology, colours(), grouping).svg,
            )
          }
        >
          SVG
        </Menu.Item>
        <Menu.Item onClick={savePng} closeMenuOnClick={false}>
          PNG
        </Menu.Item>
        <Menu.Item
          onClick={() => download('hopline-map.mmd', 'text/plain', mermaidOf(topology, grouping))}
        >
          Mermaid
        </Menu.Item>
        {failure !== '' && <Menu.Label>{failure}</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The tokens as the page has them now: a picture of a dark page is dark. */
function colours(): PictureColours {
  const style = getComputedStyle(document.body);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ground: token('--bg'),
    box: token('--surface'),
    border: token('--border-strong'),
    text: token('--text'),
    quiet: token('--text-3'),
    line: token('--edge'),
    error: token('--danger'),
  };
}

async function pngOf(
  topology: Pick<TopologyResponse, 'nodes' | 'edges'>,
  grouping: Grouping | undefined,
): Promise<Blob> {
  const { svg, width, height } = pictureOf(topology, colours(), grouping);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = width * PNG_SCALE;
  canvas.height = height * PNG_SCALE;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser has no canvas');
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('it is too large'))));
  });
}
