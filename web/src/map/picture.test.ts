import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pictureOf } from './picture.ts';
import { node, orderFlow } from './topology-fixture.ts';

const COLOURS = {
  ground: 'white',
  box: 'white',
  border: 'gray',
  text: 'black',
  quiet: 'gray',
  line: 'gray',
  error: 'red',
};

test('every box, row and line of the map is in the picture, and nothing that it would have to load', () => {
  const { svg, width, height } = pictureOf(orderFlow(), COLOURS);
  for (const label of ['gateway', 'ORDERS', '# orders.created', '▸ payment', 'fraud.check']) {
    assert.ok(svg.includes(`>${label}</text>`), label);
  }
  assert.equal(svg.match(/marker-end/g)?.length, 6);
  // Rate and P99 of each.
  assert.equal(svg.match(/>[\d.]+\/s<\/text>/g)?.length, 6);
  assert.equal(svg.match(/>P99 [\d.]+ \S+<\/text>/g)?.length, 6);
  // No line runs through a figure: they stand above all lines, with a border of the ground's colour.
  const figures = svg.match(/<text [^>]*paint-order="stroke"[^>]*>/g) ?? [];
  assert.ok(figures.length >= 12 && figures.every((one) => one.includes('stroke="white"')));
  assert.ok(svg.indexOf(figures[0]!) > svg.lastIndexOf('<path '));
  assert.ok(width > 200 && height > 100);
  assert.doesNotMatch(svg, /href|<script|<style|url\((?!#tip)/);
});

test('a name cannot become markup', () => {
  const odd = { ...node('service:x'), label: '<b>&"' };
  const { svg } = pictureOf({ nodes: [odd], edges: [] }, COLOURS);
  assert.ok(svg.includes('&lt;b&gt;&amp;&quot;</text>'));
});

test('groups are framed and named', () => {
  assert.ok(pictureOf(orderFlow(), COLOURS, 'namespace').svg.includes('>orders</text>'));
});
