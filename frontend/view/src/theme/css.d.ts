// Style sheets arrive as minified text; the build makes them so.
declare module '*.css' {
  export const text: string;
}
