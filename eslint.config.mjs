import { readFileSync } from 'node:fs';
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const ROOMS = JSON.parse(readFileSync(new URL('layers.json', import.meta.url), 'utf8')).rooms;

/** The dependency rule, per folder: what a file there may not import, and the cure. */
const NODE_BUILTINS = ['node:*', 'fs', 'path', 'crypto', 'worker_threads'];
const restrict = (files, bans) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: bans.map(([group, message]) => ({ group: [].concat(group), message })) },
    ],
  },
});
const VSCODE = [
  'vscode',
  'Only src/editor and src/extension.ts know the editor: declare a port in domain/ports and implement it there.',
];
const OUTWARDS = (...folders) => [
  folders.flatMap((f) => [`**/${f}/*`, `**/${f}`, `**/${f}/**`]),
  'Dependencies point inwards: declare a port in domain/ports instead.',
];

const APPLICATION = [
  VSCODE,
  [NODE_BUILTINS, 'Use cases talk to ports.'],
  OUTWARDS('infrastructure', 'editor', 'webview'),
];
const PAGE = [
  VSCODE,
  [NODE_BUILTINS, 'The page runs in a browser.'],
  OUTWARDS('domain', 'application', 'infrastructure', 'editor'),
];
const STORE = [VSCODE, OUTWARDS('application', 'editor', 'webview', 'openrouter', 'peers', 'tokens')];

/** A room imports only the rooms below it, and nothing that lies beside the rooms. */
const rooms = (folder, bans) =>
  ROOMS[folder].map((room, index) => {
    const above = ROOMS[folder].slice(0, index).map((other) => `../${other}/*`);
    const upwards = [
      [...above, '../*', '!../*/', ...ROOMS[folder].slice(index).map((other) => `!../${other}/*`)],
      `${folder}/${room} may import only the rooms below it (layers.json): move what is shared down, or hand it in.`,
    ];
    return restrict([`${folder}/${room}/**`], [...bans, upwards]);
  });

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'node_modules/', '.vscode-test/'] },
  js.configs.recommended,
  {
    rules: {
      // Control characters are what several of our expressions look for.
      'no-control-regex': 'off',
      // The formatter makes it impossible.
      'no-unexpected-multiline': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
  { files: ['**/*.ts'], extends: [tseslint.configs.strict] },
  { files: ['src/**/*.ts', 'webview/**/*.ts'], extends: [tseslint.configs.strictTypeChecked] },
  {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: { project: ['./tsconfig.json', './webview/tsconfig.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/require-await': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.ts', 'webview/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Keyboard events of an input method are known by it alone.
      '@typescript-eslint/no-deprecated': ['error', { allow: [{ from: 'lib', name: 'keyCode' }] }],
      // An abort's reason and a caught error are passed on as they came.
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': [
        'error',
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],

      // Off, because they found no fault here and would cost many edits or much time.
      // One-line arrow functions that return the result of a void call are the house style.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // `void` also marks a value that is dropped on purpose.
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // TypeScript keeps a property narrowed across calls and awaits that change it; every finding was of this kind.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // A declared type is how an `any` of a platform API gets its type. Using one without it is still an error.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      // There are no enums, and no classes that are told apart only by their private members.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  // Lit binds listeners in templates to their element.
  { files: ['webview/**/*.ts'], rules: { '@typescript-eslint/unbound-method': 'off' } },
  // Composition is one list of parts; it has no logic to split.
  { files: ['src/extension.ts'], rules: { 'max-lines': ['error', { max: 150 }], 'max-lines-per-function': 'off' } },
  restrict(
    ['src/domain/**'],
    [
      VSCODE,
      [NODE_BUILTINS, 'The domain is pure: ask for a port.'],
      OUTWARDS('application', 'infrastructure', 'editor', 'protocol', 'webview'),
      [['zod', 'sql.js', 'eventsource-parser', 'js-tiktoken/*'], 'The domain imports nothing outside itself.'],
    ],
  ),
  restrict(
    ['src/protocol/**'],
    [
      VSCODE,
      [NODE_BUILTINS, 'Both bundles see the protocol: no Node.'],
      OUTWARDS('domain', 'application', 'infrastructure', 'editor', 'webview'),
    ],
  ),
  restrict(['src/application/*.ts'], APPLICATION),
  ...rooms('src/application', APPLICATION),
  restrict(
    ['src/infrastructure/openrouter/**'],
    [VSCODE, OUTWARDS('application', 'editor', 'webview', 'store', 'peers', 'tokens')],
  ),
  restrict(['src/infrastructure/store/*.ts'], STORE),
  ...rooms('src/infrastructure/store', STORE),
  restrict(
    ['src/infrastructure/peers/**'],
    [VSCODE, OUTWARDS('application', 'editor', 'webview', 'openrouter', 'store', 'tokens')],
  ),
  restrict(
    ['src/infrastructure/tokens/**', 'src/infrastructure/system/**'],
    [VSCODE, OUTWARDS('application', 'editor', 'webview', 'openrouter', 'store', 'peers')],
  ),
  restrict(['src/editor/**'], [OUTWARDS('infrastructure', 'webview')]),
  restrict(['webview/*.ts'], PAGE),
  ...rooms('webview', PAGE),
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-console': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      'no-useless-assignment': 'off',
      'preserve-caught-error': 'off',
    },
  },
);
