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

/** The floors of the element, lowest first. Each imports itself and what is below it; the parts of one floor don't know each other. */
const floors = [
  ['core'], ['lazy-import.ts', 'locales'], ['icons'], ['ui'], ['diagrams'], ['markdown', 'charts'], ['widgets'], ['styles', 'state'], ['composer'], ['shell'],
  ['page', 'element.tsx'],
];
const others = (own, from = 0) => floors.slice(from).flat().filter((name) => name !== own);

/** The rule of one folder or file: none of `banned` is imported, and no view library by the core. */
function guard(name, banned) {
  const file = /\.tsx?$/;
  const above = `^${file.test(name) ? '\\./' : '(\\.\\./)+'}(${banned.map((each) => each.replace(file, '')).join('|')})(/|$)`;
  const message = `${name} imports only what is below it: see the floors in eslint.config.js.`;
  const view = { group: ['preact', 'preact/*', '@preact/*'], message: 'The core imports no view library.' };
  return {
    files: [file.test(name) ? `src/${name}` : `src/${name}/**`],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: above, message }, ...(name === 'core' ? [view] : [])] }],
      'no-restricted-syntax': ['error', ...noHtml, { selector: `:matches(ImportExpression, TSImportType) Literal[value=/${above.replaceAll('/', '\\/')}/]`, message }],
    },
  };
}

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
  ...floors.flatMap((names, at) => names.map((name) => guard(name, others(name, at)))),
  // The page's helpers are built on their own.
  guard('page', others('page', 1)),
  {
    files: ['src/core/**'],
    rules: { 'no-restricted-globals': ['error', ...['document', 'window'].map((name) => ({ name, message: 'The core knows no page: it is told what it needs.' }))] },
  },
  { files: ['eslint.config.js'], ...tseslint.configs.disableTypeChecked },
);
