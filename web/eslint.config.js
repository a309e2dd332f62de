import tseslint from 'typescript-eslint';

const htmlSinks = ['innerHTML', 'outerHTML', 'srcdoc', 'insertAdjacentHTML', 'setHTMLUnsafe', 'createContextualFragment', 'write', 'writeln'];

/** No HTML string is ever assigned: everything is built from nodes, so Trusted Types hold by construction. */
const noHtml = [
  ...htmlSinks.map((name) => ({
    selector: `MemberExpression[property.name='${name}']`,
    message: `${name} is banned: build nodes instead.`,
  })),
  { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: 'dangerouslySetInnerHTML is banned: build nodes instead.' },
  { selector: "NewExpression[callee.name='DOMParser']", message: 'DOMParser is banned: build nodes instead.' },
];

export default tseslint.config(
  { ignores: ['node_modules', 'coverage'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] }, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-eval': 'error',
      'no-new-func': 'error',
      'no-restricted-syntax': ['error', ...noHtml],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: ['src/core/**'],
    rules: {
      'no-restricted-imports': ['error', {
        patterns: [
          { group: ['preact', 'preact/*', '@preact/*'], message: 'The core imports no view library.' },
          { group: ['../shell/*', '../widgets/*', '../markdown/*', '../icons/*', '../charts/*', '../styles/*', '../composer/*', '../diagrams/*', '../page/*', '../ui/*'], message: 'The core imports nothing above it.' },
        ],
      }],
      'no-restricted-globals': ['error', ...['document', 'window'].map((name) => ({ name, message: 'The core knows no page: it is told what it needs.' }))],
    },
  },
  { files: ['eslint.config.js'], ...tseslint.configs.disableTypeChecked },
);
