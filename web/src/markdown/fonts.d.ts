/** The address of a font in the build. */
declare module '*.woff2?url' {
  const address: string;
  export default address;
}
