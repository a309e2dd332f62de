/** Provided by the build (scripts/diagram-frame.ts): the frame's document, relative to the scripts in `assets/`. */
declare module 'virtual:diagram-frame' {
  const name: string;
  export default name;
}
