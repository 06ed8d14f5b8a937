/** What esbuild supplies: Python files as text, and the id of the runtime bundle this player was built with. */

declare module "*.py" {
  const text: string;
  export default text;
}

declare const RUNTIME_ID: string;
