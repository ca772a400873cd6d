export interface SubjectRules {
  /** Default 3: `domain.entity.event`. */
  minTokens?: number;
  /** Default 8. */
  maxTokens?: number;
  /** Default 200; servers bear more, people and dashboards do not. */
  maxLength?: number;
  /** Default 40. */
  maxTokenLength?: number;
  /** `publish`: no wildcards. `subscribe`: `*` for a whole token, `>` for the rest. Default `publish`. */
  use?: 'publish' | 'subscribe';
  /** What a token looks like. Default lower-case letters, digits, `-` and `_`, a letter or digit first. */
  token?: RegExp;
}

export interface SubjectProblem {
  readonly rule: 'empty' | 'tokens' | 'length' | 'token' | 'wildcard' | 'reserved';
  readonly message: string;
}

const TOKEN = /^[a-z0-9][a-z0-9_-]*$/;

/** Everything that is wrong with a subject; nothing when it keeps to the rules. */
export function lintSubject(subject: string, rules: SubjectRules = {}): SubjectProblem[] {
  if (subject === '') return [{ rule: 'empty', message: 'the subject is empty' }];
  const tokens = subject.split('.');
  const reserved = /^(\$|_INBOX\b)/.exec(subject);
  if (reserved) {
    return [{ rule: 'reserved', message: `${tokens[0]} is reserved for the NATS system` }];
  }
  return [...lintShape(subject, tokens, rules), ...tokens.flatMap(lintToken(tokens, rules))];
}

function lintShape(subject: string, tokens: string[], rules: SubjectRules): SubjectProblem[] {
  const { minTokens = 3, maxTokens = 8, maxLength = 200 } = rules;
  // `orders.>` stands for subjects of any number of tokens.
  const tooFew = tokens.length < minTokens && tokens.at(-1) !== '>';
  const count = `${tokens.length} ${tokens.length === 1 ? 'token' : 'tokens'}`;
  return [
    ...problem('tokens', tooFew, `${count}: at least ${minTokens}, as domain.entity.event`),
    ...problem('tokens', tokens.length > maxTokens, `${count}: at most ${maxTokens}`),
    ...problem(
      'length',
      subject.length > maxLength,
      `${subject.length} characters: at most ${maxLength}`,
    ),
  ];
}

function lintToken(tokens: string[], rules: SubjectRules) {
  const { use = 'publish', token: allowed = TOKEN, maxTokenLength = 40 } = rules;
  return (token: string, index: number): SubjectProblem[] => {
    const at = `token ${index + 1}`;
    if (token === '') return [{ rule: 'empty', message: `${at} is empty` }];
    if (/[*>]/.test(token)) {
      if (use === 'publish') {
        return [
          { rule: 'wildcard', message: `${at}, ${token}: no wildcards in what is published` },
        ];
      }
      const good = token === '*' || (token === '>' && index === tokens.length - 1);
      return problem('wildcard', !good, `${at}, ${token}: * is a whole token, and > the last one`);
    }
    return [
      ...problem('token', !allowed.test(token), `${at}, ${token}: not ${allowed.source}`),
      ...problem(
        'length',
        token.length > maxTokenLength,
        `${at} has ${token.length} characters: at most ${maxTokenLength}`,
      ),
    ];
  };
}

function problem(rule: SubjectProblem['rule'], when: boolean, message: string): SubjectProblem[] {
  return when ? [{ rule, message }] : [];
}
