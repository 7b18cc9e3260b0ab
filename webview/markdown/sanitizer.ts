import createPurify from 'dompurify';
import type { Config } from 'dompurify';

const TEXT_TAGS = [
  'a',
  'blockquote',
  'br',
  'code',
  'em',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'hr',
  'li',
  'ol',
  'p',
  'pre',
  's',
  'strong',
  'table',
  'tbody',
  'td',
  'th',
  'thead',
  'tr',
  'ul',
];
const TEXT_ATTRIBUTES = ['href', 'start', 'data-language', 'data-align'];

const replyConfig: Config = {
  ALLOWED_TAGS: TEXT_TAGS,
  ALLOWED_ATTR: TEXT_ATTRIBUTES,
  ADD_URI_SAFE_ATTR: ['start', 'data-language', 'data-align'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: /^https?:\/\//i,
  RETURN_DOM_FRAGMENT: true,
};

const codeConfig: Config = {
  ALLOWED_TAGS: ['span'],
  ALLOWED_ATTR: ['class'],
  ADD_URI_SAFE_ATTR: ['class'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: /^https?:\/\//i,
  RETURN_DOM_FRAGMENT: true,
};

type Sanitizer = (html: string) => DocumentFragment;

/** One instance per configuration, so that each configuration is parsed once. */
function sanitizerWith(config: Config): Sanitizer {
  const purify = createPurify(window);
  purify.setConfig(config);
  return (html) => {
    const clean: unknown = purify.sanitize(html);
    if (clean instanceof DocumentFragment) return clean;
    throw new TypeError('the sanitiser gave no fragment');
  };
}

/** What a reply may contain: text structure and web links, nothing that loads, runs or styles. */
export const sanitizeReply: Sanitizer = sanitizerWith(replyConfig);

/** What highlighted code may contain: spans. */
export const sanitizeCode: Sanitizer = sanitizerWith(codeConfig);
