/** Whether the learner asked the browser to save data: then nothing large is loaded before it is needed. */
export function savesData(): boolean {
  const { connection } = navigator as Navigator & { readonly connection?: { readonly saveData?: boolean } };
  return connection?.saveData === true;
}
