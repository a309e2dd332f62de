/**
 * What the documentation's snippets use of Next.js 16 and of Node. The package itself is 370 MB: its types were checked by hand,
 * these here see to it that the snippets go on compiling.
 */
declare module 'next' {
  export interface NextConfig {
    rewrites?: () => Promise<{ source: string; destination: string }[]>;
  }
}
declare module 'next/headers' {
  export function cookies(): Promise<{ get(name: string): { name: string; value: string } | undefined }>;
}
declare module 'next/script' {
  import type { JSX } from 'react';
  export default function Script(props: { src: string; strategy?: 'afterInteractive' | 'lazyOnload' | 'beforeInteractive' }): JSX.Element;
}
declare const process: { env: Record<string, string | undefined> };
