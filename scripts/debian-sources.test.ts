import assert from 'node:assert/strict';
import { test } from 'node:test';
import { debianSources } from './debian-sources.ts';

test('a stanza keeps its mirror and its key; suites and components change', () => {
  const text = `# comment
Types: deb deb-src
URIs: http://mirror.example/debian
  http://second.example/debian
Suites: bookworm
  bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
`;
  assert.deepEqual(debianSources([{ format: 'sources', text }]), [
    {
      format: 'sources',
      text: `Types: deb
URIs: http://mirror.example/debian
  http://second.example/debian
Suites: sid
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`,
    },
  ]);
});

test('a key that stands in the stanza stays', () => {
  const key = 'Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF\n -----END-----';
  const text = `Types: deb\nURIs: http://m/debian\nSuites: trixie\nComponents: main\n${key}\n`;
  const [source] = debianSources([{ format: 'sources', text }]);
  assert.ok(source?.text.includes(key));
  assert.match(source?.text ?? '', /^Suites: sid$/m);
});

test('one-line sources keep their options', () => {
  const text = `
# deb http://commented.example/debian sid main
deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main contrib
deb-src http://mirror.example/debian bookworm main
deb http://mirror.example/debian-security bookworm-security main
deb https://elsewhere.example/apt stable nonfree
`;
  assert.deepEqual(debianSources([{ format: 'list', text }]), [
    {
      format: 'list',
      text: 'deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian sid main\n',
    },
  ]);
});

test('disabled stanzas are left out, the same mirror is named once, Debian comes first', () => {
  const stanza = (uri: string, extra = ''): string =>
    `Types: deb\nURIs: ${uri}\nSuites: noble\nComponents: main\n${extra}`;
  const text = [
    stanza('http://a.example/ubuntu'),
    stanza('http://off.example/debian', 'Enabled: no\n'),
    stanza('http://b.example/debian'),
    stanza('http://b.example/debian'),
  ].join('\n');
  const uris = debianSources([{ format: 'sources', text }]).map(
    (source) => /URIs: (.*)/.exec(source.text)?.[1],
  );
  assert.deepEqual(uris, ['http://b.example/debian', 'http://a.example/ubuntu']);
});
