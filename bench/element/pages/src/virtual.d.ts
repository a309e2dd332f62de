declare module 'virtual:contestant' {
  const contestant: import('./contestant').Contestant;
  export default contestant;
}
